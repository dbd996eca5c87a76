package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.fault.Fault;
import io.github.dwssnapshots.server.http.Bounds;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no credential: the documentation page and the health. */
class OpenAddressesTest extends ServerTest {
  private static final int LIMIT = 4;
  private static final String TYPE = "content-type";

  @Override
  Bounds bounds() {
    Bounds usual = Bounds.ofProcess(false);
    return new Bounds(
        usual.connections(), LIMIT, usual.receive(), usual.idle(), usual.write(), usual.stop());
  }

  private static Answer ask(URI server, String method, String path, String headers)
      throws IOException {
    try (RawPeer peer = new RawPeer(server)) {
      return peer.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n")
          .answer();
    }
  }

  private Answer get(String path) throws IOException {
    return ask(server.uri(), "GET", path, "");
  }

  @ParameterizedTest
  @CsvSource({
    "/docs, text/html; charset=utf-8",
    "/docs/page.js, text/javascript; charset=utf-8",
    "/docs/swagger-ui.css, text/css; charset=utf-8",
    "/docs/swagger-ui-bundle.js, text/javascript; charset=utf-8",
    "/openapi.yaml, application/yaml",
    "/openapi.json, application/json",
    "/metrics, text/plain; version=0.0.4; charset=utf-8",
    "/livez, text/plain",
    "/readyz, text/plain"
  })
  void openAddressNeedsNoCredential(String path, String type) throws IOException {
    Answer answer = get(path);
    assertEquals(200, answer.status());
    assertEquals(type, answer.headers().get(TYPE));
    assertFalse(answer.body().isEmpty());
    assertEquals(401, ask(server.uri(), "POST", path, "Content-Length: 0\r\n").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/docs/",
        "/docs/index.html",
        "/docs/../pom.xml",
        "/docs%2Fpage.js",
        "//docs",
        "/livez/",
        "/LIVEZ",
        "/openapi.yml",
        "/readyz;x"
      })
  void otherPathsNeedACredential(String path) throws IOException {
    assertEquals(401, get(path).status());
  }

  @Test
  void contractIsTheFileItself() throws IOException {
    assertEquals(Files.readString(Contract.FILE), get("/openapi.yaml").body());
    assertEquals(Contract.read().root(), new ObjectMapper().readTree(get("/openapi.json").body()));
  }

  @Test
  void pageLoadsFromThisServerOnly() throws IOException {
    Answer page = get("/docs");
    assertEquals(
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
        page.headers().get("content-security-policy"));
    assertEquals("nosniff", page.headers().get("x-content-type-options"));
    assertFalse(page.body().contains("http://") || page.body().contains("https://"));
  }

  @Test
  void browserIsRedirectedToThePage() throws IOException {
    Answer answer = ask(server.uri(), "GET", "/", "Accept: text/html,*/*;q=0.8\r\n");
    assertEquals("302 /docs", answer.status() + " " + answer.headers().get("location"));
  }

  @Test
  void onlyTheDemoFillsItsTokenIn(@TempDir Path folder) throws IOException {
    assertFalse(get("/docs/page.js").body().contains(DemoTenancy.TOKEN));
    try (SnapshotServer demo = SnapshotServer.start(Settings.demo(folder))) {
      Answer script = ask(demo.uri(), "GET", "/docs/page.js", "");
      assertTrue(script.body().contains("'" + DemoTenancy.TOKEN + "'"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs", "/docs/swagger-ui-bundle.js", "/metrics", "/livez", "/readyz"})
  void headHasTheHeadersOnly(String path) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      String request = "HEAD " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      String answer = peer.send(request).everything();
      assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n"), answer);
      assertEquals(answer.indexOf("\r\n\r\n"), answer.length() - 4, answer);
      assertFalse(answer.contains("Content-Length: 0\r\n"), answer);
    }
  }

  @Test
  void openAddressesAreServedPastTheLimitOfRequests() throws IOException {
    server.faults().set(Fault.delay("listSnapshots", Duration.ofSeconds(5)));
    String request =
        "GET " + SNAPSHOTS + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: " + TOKEN + "\r\n\r\n";
    List<RawPeer> peers = new ArrayList<>();
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (metric("snapshots_requests_in_flight") <= LIMIT) { // with the one that asks
        assertTrue(System.nanoTime() < deadline, "the limit is not reached, or no metrics past it");
        peers.add(new RawPeer(server.uri()).send(request));
      }
      for (String path : List.of("/livez", "/readyz", "/metrics", "/docs")) {
        assertEquals(200, get(path).status());
      }
      for (RawPeer peer : peers) {
        Answer answer = peer.answer();
        assertTrue(List.of(200, 503).contains(answer.status()), answer.toString());
        assertEquals("application/json", answer.headers().get(TYPE));
        peer.close();
      }
    } finally {
      server.faults().clear();
    }
  }

  @Test
  void metricsHaveNoLabelThatAClientCanChoose() throws Exception {
    create(PROJECT, CLUSTER, freshName());
    ask(server.uri(), "GET", "/secret-path", "X-Auth-Token: " + TOKEN + "\r\n");
    ask(server.uri(), "ODD", "/odd-path", "");
    ask(server.uri(), "GET", "/", "Content-Length: x\r\n");
    String none = "snapshots_requests_seconds_count{operation=\"none\",status=\"";
    await("snapshots_requests_seconds_count{operation=\"createSnapshot\",status=\"200\"}");
    await(none + "404\"}");
    await(none + "400\"}");
    String metrics = get("/metrics").body();
    for (String line :
        List.of(
            "snapshots_requests_seconds_count{operation=\"createSnapshot\",status=\"200\"} ",
            "snapshots_requests_seconds_bucket{operation=\"none\",status=\"404\",le=\"10.0\"} ",
            "snapshots_requests_rejected_total ",
            "snapshots_writer_queue 0",
            "snapshots_commits_total ",
            "snapshots_changes_total ",
            "snapshots_database_reachable 1",
            "jvm_memory_used_bytes{")) {
      assertTrue(metrics.contains("\n" + line), line + " in\n" + metrics);
    }
    assertTrue(metric("snapshots_requests_in_flight") >= 1, "the one that asks is in flight");
    assertFalse(metrics.contains("secret-path") || metrics.contains("ODD"));
  }

  @Test
  void countsSurviveAGarbageCollection() throws Exception {
    create(PROJECT, CLUSTER, freshName());
    double before = metric("snapshots_changes_total");
    System.gc();
    create(PROJECT, CLUSTER, freshName());
    assertTrue(metric("snapshots_changes_total") > before, "the count stands still");
  }

  /** Waits for a metric: a request counts after its response. */
  private void await(String name) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (metric(name) == 0) {
      assertTrue(System.nanoTime() < deadline, name + " is 0");
    }
  }

  /** The value of a metric, by its name with labels; 0 without it. */
  private double metric(String name) throws IOException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  @Test
  void healthIsNotLogged() throws IOException {
    try (RecordedLog log = new RecordedLog("io.github.dwssnapshots.server.http.RequestLog")) {
      get("/livez");
      get("/readyz");
      get("/metrics"); // which is logged
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (log.messages().stream().noneMatch(line -> line.contains("/metrics"))) {
        assertTrue(System.nanoTime() < deadline, "the log has no line");
      }
      assertTrue(
          log.messages().stream()
              .noneMatch(line -> line.contains("/livez") || line.contains("/readyz")));
    }
  }
}
