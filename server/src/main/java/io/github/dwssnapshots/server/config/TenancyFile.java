package io.github.dwssnapshots.server.config;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dwssnapshots.server.error.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads projects, clusters, credentials and faults from a YAML file. */
final class TenancyFile {
  private static final System.Logger LOG = System.getLogger(TenancyFile.class.getName());
  private static final int MAX_BYTES = 1024 * 1024;

  private TenancyFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigurationException with the first error of syntax or structure, or with all other
   *     errors
   */
  static TenancyRules.Configuration read(Path file, UnaryOperator<String> environment)
      throws ConfigurationException {
    String name = "the configuration " + file;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ConfigurationException(name + " has more than " + MAX_BYTES + " bytes");
      }
      ByteBuffer text = ByteBuffer.wrap(bytes);
      TenancyRules.File parsed =
          parse(name, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
      TenancyRules.Configuration configuration = TenancyRules.check(name, parsed, environment);
      if (hasSecrets(parsed) && isReadableByOthers(file)) {
        LOG.log(
            Level.WARNING,
            name
                + " has secrets, and other users can read it: chmod 600, token_sha256 or"
                + " secret_key_env prevent that");
      }
      if (!configuration.faults().isEmpty()) {
        LOG.log(
            Level.WARNING,
            name + " has faults: the server fails, delays or drops requests on purpose");
      }
      return configuration;
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(name + " is not UTF-8");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(name + " does not exist");
    } catch (AccessDeniedException e) {
      throw new ConfigurationException(name + ": permission denied");
    } catch (IOException e) {
      throw new ConfigurationException(name + " cannot be read: " + e.getMessage());
    }
  }

  private static boolean hasSecrets(TenancyRules.File file) {
    return file.projects().stream()
        .flatMap(project -> project.credentials().stream())
        .anyMatch(CredentialRules::hasSecret);
  }

  private static boolean isReadableByOthers(Path file) throws IOException {
    return Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class)
        && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
  }

  static TenancyRules.File parse(String name, String yaml) throws ConfigurationException {
    try (JsonParser parser = mapper().createParser(yaml)) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        throw new ConfigurationException(name + " is empty");
      }
      TenancyRules.File file = parser.readValueAs(TenancyRules.File.class);
      if (parser.nextToken() != null) {
        throw new ConfigurationException(name + " has more than one YAML document");
      }
      return file;
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(name + ": " + fault(e));
    } catch (IOException
        | IllegalArgumentException e) { // IllegalArgumentException for "\U99999999"
      throw new ConfigurationException(name + ": not YAML: " + printable(e.getMessage()));
    }
  }

  private static YAMLMapper mapper() {
    return YAMLMapper.builder(new TextYaml())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
        .build();
  }

  private static String fault(JsonProcessingException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof MarkedYAMLException yaml) {
      String within = // can start many lines earlier
          yaml.getContextMark() == null
              ? ""
              : " (" + yaml.getContext() + " at " + place(yaml.getContextMark()) + ")";
      return place(yaml.getProblemMark()) + ": not YAML: " + printable(yaml.getProblem() + within);
    }
    if (root instanceof StreamConstraintsException) {
      return "nested too deeply";
    }
    if (e instanceof MismatchedInputException fault
        && e.getProcessor() instanceof TextYaml.Parser parser) {
      JsonPointer path = path(fault);
      return place(parser.location(path)) + ", " + printable(path) + ": " + expected(fault);
    }
    String problem = // Jackson appends class names
        root instanceof NumberFormatException
            ? "invalid escape"
            : e.getOriginalMessage()
                .replaceFirst(", got this.*", "")
                .replaceFirst("(?s)Duplicate field '(.*)'", "duplicate property \"$1\"");
    return place(e.getLocation()) + ": " + printable(problem);
  }

  private static String place(Mark mark) {
    return place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String place(JsonLocation location) {
    return place(location.getLineNr(), location.getColumnNr());
  }

  private static String place(int line, int column) {
    return "line " + line + ", column " + column;
  }

  private static JsonPointer path(MismatchedInputException e) {
    JsonPointer path = JsonPointer.empty();
    for (JsonMappingException.Reference step : e.getPath()) {
      path =
          step.getFieldName() == null
              ? path.appendIndex(step.getIndex())
              : path.appendProperty(step.getFieldName());
    }
    return path;
  }

  private static String expected(MismatchedInputException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown property; allowed: "
          + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    }
    boolean isList = Collection.class.isAssignableFrom(e.getTargetType());
    return "expected a "
        + (isList ? "list" : e.getTargetType() == String.class ? "string" : "mapping");
  }

  /** Formats a path, for example projects[0].id. */
  private static String printable(JsonPointer path) {
    String text = path.toString().replaceAll("/([0-9]+)(?=/|$)", "[$1]").replace('/', '.');
    return text.isEmpty() ? "the file" : printable(text.substring(1));
  }

  private static String printable(String message) {
    return Quoted.printable(String.valueOf(message), 200);
  }
}
