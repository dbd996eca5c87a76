package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.storage.NewSnapshot;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A list that exceeds all buffers between the server and its client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongListTest {
  private static final int LENGTH = 40_000;
  private static final String SNAPSHOTS = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";

  private final HttpClient http = HttpClient.newHttpClient();
  private Path folder;
  private SnapshotServer server;

  @BeforeAll
  void fill(@TempDir Path path) throws Exception {
    folder = path;
    fill(folder, LENGTH);
  }

  /** Creates snapshots in a data directory through the store. */
  static void fill(Path folder, int snapshots) throws Exception {
    try (SnapshotStore store = SnapshotStore.inFolder(folder)) {
      List<CompletableFuture<Optional<UUID>>> created = new ArrayList<>();
      for (int i = 0; i < snapshots; i++) {
        NewSnapshot snapshot =
            new NewSnapshot(
                DemoTenancy.PROJECT,
                DemoTenancy.CLUSTER,
                "name-" + i,
                "description of snapshot " + i,
                500,
                Duration.ofSeconds(2),
                false);
        created.add(store.create(snapshot).toCompletableFuture());
        if (created.size() == 4096) { // below the limit of waiting changes
          for (CompletableFuture<Optional<UUID>> each : created) {
            each.get();
          }
          created.clear();
        }
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    start(Bounds.ofProcess(false));
  }

  private void start(Bounds bounds) throws IOException {
    server = SnapshotServer.start(Settings.demo(folder), bounds, Clock.systemUTC());
  }

  private void restartWithShortWrites() throws IOException {
    server.close();
    Bounds usual = Bounds.ofProcess(false);
    start(
        new Bounds(
            usual.connections(),
            usual.requests(),
            usual.receive(),
            usual.idle(),
            Duration.ofSeconds(2), // write timeout
            usual.stop()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.uri() + path))
        .header("X-Auth-Token", DemoTenancy.TOKEN);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private static String rawGet(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: "
        + DemoTenancy.TOKEN
        + "\r\n\r\n";
  }

  @Test
  void longListArrivesCompleteAndInOrder() throws Exception {
    String ofCluster =
        SNAPSHOTS.replace("/snapshots", "/clusters/" + DemoTenancy.CLUSTER + "/snapshots");
    for (String path : List.of(SNAPSHOTS, ofCluster, ofCluster + "?limit=" + LENGTH)) {
      HttpResponse<String> response = get(path);
      assertEquals(200, response.statusCode());
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
      JsonNode list = new ObjectMapper().readTree(response.body());
      assertEquals(LENGTH, list.get("count").asInt());
      assertEquals(LENGTH, list.get("snapshots").size());
      for (int i = 0; i < LENGTH; i++) {
        assertEquals("name-" + (LENGTH - 1 - i), list.get("snapshots").get(i).get("name").asText());
      }
    }
  }

  @Test
  void stalledReadersDelayNoOtherClient() throws Exception {
    restartWithShortWrites();
    List<RawPeer> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        RawPeer peer = new RawPeer(server.uri());
        stalled.add(peer);
        peer.send(rawGet(SNAPSHOTS));
      }
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> assertEquals(200, get(SNAPSHOTS).statusCode()));
      assertTimeoutPreemptively(
          Duration.ofSeconds(2),
          () -> {
            String body =
                "{\"snapshot\":{\"name\":\"meanwhile\",\"cluster_id\":\""
                    + DemoTenancy.CLUSTER
                    + "\"}}";
            HttpResponse<String> created =
                http.send(
                    request(SNAPSHOTS).POST(BodyPublishers.ofString(body)).build(),
                    BodyHandlers.ofString());
            assertEquals(200, created.statusCode());
            String id = new ObjectMapper().readTree(created.body()).at("/snapshot/id").asText();
            assertEquals(200, get(SNAPSHOTS + "/" + id).statusCode());
            assertEquals(
                202,
                http.send(request(SNAPSHOTS + "/" + id).DELETE().build(), BodyHandlers.discarding())
                    .statusCode());
          });
    } finally {
      for (RawPeer peer : stalled) {
        peer.close();
      }
    }
  }

  @Test
  void stalledReaderIsCutOffButSlowReaderIsNot() throws Exception {
    restartWithShortWrites();
    try (RawPeer never = new RawPeer(server.uri());
        RawPeer ofHttp10 = new RawPeer(server.uri());
        RawPeer slow = new RawPeer(server.uri())) {
      never.send(rawGet(SNAPSHOTS));
      ofHttp10.send(rawGet(SNAPSHOTS).replace("HTTP/1.1", "HTTP/1.0"));
      slow.send(rawGet(SNAPSHOTS));
      for (int i = 0; i < 20; i++) {
        Thread.sleep(200);
        slow.skip(100_000);
      }
      assertTrue(slow.skipTo("name-0\""), "the slow reader did not get the end of the list");
      long began = System.nanoTime();
      server.close(); // before reading from the stalled client, which would let its list continue
      assertTrue(System.nanoTime() - began < 5_000_000_000L, "the list was in flight after 4 s");
      assertFalse(never.skipTo("name-0\""), "the stalled reader got the whole list");
      assertThrows(
          SocketException.class,
          ofHttp10::everything,
          "an orderly close would look like the end of the list");
    }
  }

  @Test
  void disconnectedReadersDoNotDelayStop() throws Exception {
    for (int i = 0; i < 20; i++) {
      RawPeer peer = new RawPeer(server.uri());
      peer.send(rawGet(SNAPSHOTS)).skip(100_000);
      peer.reset();
    }
    Thread.sleep(500);
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> server.close());
  }

  @Test
  void listIsCutOffIfTheDatabaseFails() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(rawGet(SNAPSHOTS)).skip(100_000);
      execute("ALTER TABLE snapshots RENAME TO elsewhere");
      try {
        assertFalse(peer.skipTo("name-0\""), "the failed list must be cut off");
        assertEquals(503, get(SNAPSHOTS).statusCode());
        assertEquals(503, get(SNAPSHOTS + "/" + UUID.randomUUID()).statusCode());
      } finally {
        execute("ALTER TABLE elsewhere RENAME TO snapshots");
      }
    }
    assertEquals(200, get(SNAPSHOTS).statusCode());
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
