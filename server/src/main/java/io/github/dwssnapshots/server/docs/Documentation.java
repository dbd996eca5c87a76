package io.github.dwssnapshots.server.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The contract, and a page to read and try it: Swagger UI, from its webjar. Each document is read
 * once, when it is asked for. Thread-safe.
 */
public final class Documentation {
  /** The path of the page. */
  public static final String PAGE = "/docs";

  private static final String JSON = "/openapi.json";
  private static final String CONTRACT = "/openapi/snapshots.yaml";
  private static final String WEBJAR = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final String YAML = "/com/fasterxml/jackson/dataformat/yaml/YAMLMapper.class";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** The documents, by path, with their media types. */
  private static final Map<String, String> TYPES =
      Map.of(
          PAGE,
          "text/html; charset=utf-8",
          "/docs/page.js",
          SCRIPT,
          "/docs/swagger-ui.css",
          "text/css; charset=utf-8",
          "/docs/swagger-ui-bundle.js",
          SCRIPT,
          "/openapi.yaml",
          "application/yaml",
          JSON,
          "application/json");

  /**
   * A text with its media type.
   *
   * @param content in UTF-8, read-only
   */
  public record Document(String type, ByteBuffer content) {
    /** A document with a text. */
    public static Document of(String type, String text) {
      return new Document(type, UTF_8.encode(text).asReadOnlyBuffer());
    }
  }

  private final Optional<String> demoToken;
  private final Map<String, Document> loaded = new ConcurrentHashMap<>();

  /**
   * The documentation of a server.
   *
   * @param demoToken filled in on the page; empty without the demo tenancy
   */
  public Documentation(Optional<String> demoToken) {
    this.demoToken = demoToken;
  }

  /** Whether a path is one of these documents, also if what it needs is not on the class path. */
  public static boolean has(String path) {
    return TYPES.containsKey(path);
  }

  /** Reads a document; empty if there is none, or if what it needs is not on the class path. */
  public Optional<Document> read(String path) {
    boolean isPage = path.startsWith(PAGE);
    boolean isReadable =
        has(path)
            && (!isPage || exists(WEBJAR))
            && (!(isPage || path.equals(JSON)) || exists(YAML)); // the page loads the JSON
    return isReadable
        ? Optional.of(loaded.computeIfAbsent(path, p -> Document.of(TYPES.get(p), content(p))))
        : Optional.empty();
  }

  private String content(String path) {
    try {
      return switch (path) {
        case PAGE -> resource("index.html");
        case "/docs/page.js" -> resource("page.js").replace("TOKEN", demoToken.orElse(""));
        case "/openapi.yaml" -> resource(CONTRACT);
        case JSON -> new YAMLMapper().readTree(resource(CONTRACT)).toString();
        default -> resource(webjar() + path.substring(PAGE.length()));
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory of Swagger UI's files, which has its version: embedders can have another. */
  private static String webjar() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Documentation.class.getResourceAsStream(WEBJAR)) {
      properties.load(in);
    }
    return "/META-INF/resources/webjars/swagger-ui/" + properties.getProperty("version");
  }

  private static boolean exists(String resource) {
    return Documentation.class.getResource(resource) != null;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Documentation.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
