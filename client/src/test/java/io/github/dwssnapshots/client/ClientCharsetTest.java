package io.github.dwssnapshots.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts of responses, read in a process with another charset than UTF-8.
 *
 * @see <a href="https://github.com/OpenAPITools/openapi-generator/issues/20556">openapi-generator
 *     #20556</a>
 */
class ClientCharsetTest {
  private static final String TEXT = "é € 快照";

  /** Prints what it reads from the server at its argument: a description, then an error body. */
  static final class Reader {
    public static void main(String[] arguments) throws ApiException {
      ApiClient client = new ApiClient();
      client.updateBaseUri(arguments[0]);
      SnapshotsApi snapshots = new SnapshotsApi(client);
      String description = snapshots.showSnapshot("p", "s").getSnapshot().getDescription();
      try {
        snapshots.deleteSnapshot("p", "s");
      } catch (ApiException e) {
        System.out.print(escaped(description) + " " + escaped(e.getResponseBody()));
      }
    }

    private static String escaped(String text) {
      StringBuilder escaped = new StringBuilder();
      text.chars().forEach(c -> escaped.append(c < 128 ? (char) c : "\\u%04x".formatted(c)));
      return escaped.toString();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ISO-8859-1", "COMPAT"})
  void textsAreReadAsUtf8(String encoding) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean show = exchange.getRequestMethod().equals("GET");
          String body = show ? "{\"snapshot\":{\"description\":\"" + TEXT + "\"}}" : TEXT;
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(show ? 200 : 400, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      Process reader = read(encoding, "http://127.0.0.1:" + server.getAddress().getPort());
      String printed =
          new String(reader.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertEquals(Reader.escaped(TEXT) + " " + Reader.escaped(TEXT), printed);
    } finally {
      server.stop(0);
    }
  }

  /** Since JDK 18 only COMPAT takes the charset of the locale, here ASCII. */
  private static Process read(String encoding, String uri) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dfile.encoding=" + encoding,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Reader.class.getName(),
                    uri))
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }
}
