package io.github.dwssnapshots.server.docs;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The contract, and a page to read and try it: Swagger UI, from its webjar. Each file is read when
 * it is asked for. Thread-safe.
 */
public final class Documentation {
  /** The path of the page. */
  public static final String PAGE = "/docs";

  private static final String CONTRACT = "/openapi/snapshots.yaml";

  /** A file with its media type. */
  public record Document(String type, String content) {}

  private interface Reading {
    String read() throws IOException;
  }

  private record Entry(String type, Reading content) {}

  private final Map<String, Entry> entries;
  private final boolean hasPage;

  /**
   * The documentation of a server.
   *
   * @param demoToken filled in on the page; empty without the demo tenancy
   */
  public Documentation(Optional<String> demoToken) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Documentation.class.getResourceAsStream("docs.properties")) {
      properties.load(in);
    }
    String webjar = properties.getProperty("swagger-ui");
    this.hasPage = Documentation.class.getResource(webjar + "swagger-ui.css") != null;
    String script = "text/javascript; charset=utf-8";
    this.entries =
        Map.of(
            PAGE,
            new Entry("text/html; charset=utf-8", () -> resource("index.html")),
            "/docs/page.js",
            new Entry(script, () -> resource("page.js").replace("TOKEN", demoToken.orElse(""))),
            "/docs/swagger-ui.css",
            new Entry("text/css; charset=utf-8", () -> resource(webjar + "swagger-ui.css")),
            "/docs/swagger-ui-bundle.js",
            new Entry(script, () -> resource(webjar + "swagger-ui-bundle.js")),
            "/openapi.yaml",
            new Entry("application/yaml", () -> resource(CONTRACT)),
            "/openapi.json",
            new Entry("application/json", Documentation::json));
  }

  /** Whether the webjar and a parser of YAML, both optional, are on the class path. */
  public boolean hasPage() {
    return hasPage && hasYaml();
  }

  /** Whether a path is one of these documents, also if what it needs is not on the class path. */
  public boolean has(String path) {
    return entries.containsKey(path);
  }

  /** Reads a document; empty if there is none, or if what it needs is not on the class path. */
  public Optional<Document> read(String path) throws IOException {
    Entry entry = entries.get(path);
    boolean isReadable =
        entry != null
            && (hasPage() || !path.startsWith(PAGE))
            && (hasYaml() || !path.equals("/openapi.json"));
    return isReadable
        ? Optional.of(new Document(entry.type(), entry.content().read()))
        : Optional.empty();
  }

  private static boolean hasYaml() {
    return Documentation.class.getResource(
            "/com/fasterxml/jackson/dataformat/yaml/YAMLMapper.class")
        != null;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Documentation.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String json() throws IOException {
    return new YAMLMapper().readTree(resource(CONTRACT)).toString();
  }
}
