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
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML in which each scalar but null is a text as written: 007 and 1e3 are ids. An alias stands for
 * the text of its anchor; Jackson alone would read the anchor's name.
 */
final class TextYaml extends YAMLFactory {
  private static final long serialVersionUID = 1L;

  @Override
  protected YAMLParser _createParser(Reader in, IOContext context) {
    return new Parser(in, context);
  }

  final class Parser extends YAMLParser {
    private final Map<String, String> anchors = new HashMap<>();
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

    /** The place of the name of a property that has been read. */
    JsonLocation place(JsonPointer property) {
      return names.getOrDefault(property, currentTokenLocation());
    }

    @Override
    protected Event getEvent() throws IOException {
      Event event = super.getEvent();
      if (event instanceof ScalarEvent scalar) {
        anchors.put(scalar.getAnchor(), scalar.getValue()); // the anchor can be null
      } else if (event instanceof CollectionStartEvent collection) {
        anchors.remove(collection.getAnchor());
      }
      return event;
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      if (token == JsonToken.FIELD_NAME) {
        names.put(getParsingContext().pathAsPointer(), currentTokenLocation());
      }
      if (isCurrentAlias()) {
        _textValue = anchors.get(_textValue);
        if (_textValue == null) {
          throw new JsonParseException(this, "only texts can have an alias; write this out");
        }
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
