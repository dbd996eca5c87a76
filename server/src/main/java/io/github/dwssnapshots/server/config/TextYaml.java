package io.github.dwssnapshots.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import java.util.HashMap;
import java.util.Map;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.Tag;

/** YAML without aliases. Each scalar except null is a string as written: 007 and 1e3 are ids. */
final class TextYaml extends YAMLFactory {
  private static final long serialVersionUID = 1L;

  @Override
  protected YAMLParser _createParser(Reader in, IOContext context) {
    return new Parser(in, context);
  }

  final class Parser extends YAMLParser {
    private final Map<JsonPointer, JsonLocation> names = new HashMap<>();

    Parser(Reader in, IOContext context) {
      super(
          context,
          _parserFeatures,
          _yamlParserFeatures,
          _loaderOptions,
          TextYaml.this._objectCodec,
          in);
    }

    /** Returns the location of a property name; Jackson reports faults after the value. */
    JsonLocation location(JsonPointer property) {
      return names.getOrDefault(property, currentTokenLocation());
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      if (token == JsonToken.FIELD_NAME) {
        names.put(getParsingContext().pathAsPointer(), currentTokenLocation());
      }
      if (isCurrentAlias()) { // Jackson would return the name of the anchor
        throw new JsonParseException(this, "aliases are not supported; write the value out");
      }
      return token;
    }

    @Override
    protected JsonToken _decodeScalar(ScalarEvent scalar) {
      _textValue = scalar.getValue();
      boolean isNull =
          scalar.getTag() == null
              ? scalar.getImplicit().canOmitTagInPlainScalar()
                  && _textValue.matches("(~|null|Null|NULL)?")
              : scalar.getTag().equals(Tag.NULL.getValue());
      return isNull ? JsonToken.VALUE_NULL : JsonToken.VALUE_STRING;
    }
  }
}
