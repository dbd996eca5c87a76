package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.storage.OlderTables;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server without the optional dependencies on its class path. */
class EmbeddedTest {
  private static final List<String> OPTIONAL =
      List.of(
          "picocli-",
          "jackson-dataformat-yaml-",
          "snakeyaml-",
          "flyway-core-",
          "flyway-database-postgresql-",
          "swagger-ui-",
          "micrometer-",
          "prometheus-metrics-");

  @TempDir Path folder;

  private ServerProcess run(Class<?> main) throws IOException {
    return ServerProcess.of(
        folder,
        main,
        path -> OPTIONAL.stream().noneMatch(path.getFileName().toString()::startsWith));
  }

  @Test
  void embeddedServerStartsWithoutLogging() throws Exception {
    try (ServerProcess server = run(Embedded.class)) {
      assertEquals("", server.errors());
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(server.uri() + "/v1.0/" + DemoTenancy.PROJECT + "/snapshots"))
              .header("X-Auth-Token", DemoTenancy.TOKEN)
              .build();
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      for (String path : List.of("/docs", "/metrics", "/openapi.json")) {
        HttpRequest optional = HttpRequest.newBuilder(URI.create(server.uri() + path)).build();
        HttpResponse<Void> absent =
            HttpClient.newHttpClient().send(optional, HttpResponse.BodyHandlers.discarding());
        assertEquals(404, absent.statusCode(), path);
      }
    }
  }

  @Test
  void olderTablesReportTheMissingDependency() {
    String message = assertThrows(IOException.class, () -> run(OlderTables.class)).getMessage();
    assertTrue(
        message.contains(
            "has tables of version 1; the update needs org.flywaydb:flyway-core on the class path"),
        message);
    assertEquals(1, message.strip().lines().count(), message);
  }

  @Test
  void testClassPathHasTheOptionalDependencies() {
    String classPath = System.getProperty("java.class.path");
    OPTIONAL.forEach(name -> assertTrue(classPath.contains("/" + name), name));
  }
}
