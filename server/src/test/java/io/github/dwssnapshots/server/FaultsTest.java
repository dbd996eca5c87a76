package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.model.SnapshotDetail;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.fault.Fault;
import io.github.dwssnapshots.server.fault.Fault.Drop;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Failures that a test of a client asks for. */
class FaultsTest extends ServerTest {
  private static final String SHOW = SNAPSHOTS + "/none";

  @AfterEach
  void clear() {
    server.faults().clear();
  }

  private List<Integer> statuses(int requests) {
    return IntStream.range(0, requests)
        .mapToObj(i -> send(request(SHOW).GET()).statusCode())
        .toList();
  }

  private RawPeer sendRaw(String method, String path, String body) throws IOException {
    return new RawPeer(server.uri())
        .send(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: "
                + TOKEN
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
  }

  @Test
  void automationThatRetriesSurvives503() throws ApiException {
    server.faults().set(Fault.status("createSnapshot", 503).times(2));
    String name = freshName();
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 5 && !statuses.contains(200); i++) {
      HttpResponse<String> response = post(body(name));
      statuses.add(response.statusCode());
      if (response.statusCode() == 503) {
        assertEquals(
            "Service unavailable: injected by the faults of this server; nothing was changed",
            message(response));
        assertEquals("1", response.headers().firstValue("Retry-After").orElseThrow());
      }
    }
    assertEquals(List.of(503, 503, 200), statuses);
  }

  @Test
  void automationFindsItsSnapshotAfterALostResponse() throws Exception {
    server.faults().set(Fault.drop("createSnapshot", Drop.AFTER).times(1));
    String name = freshName();
    try (RawPeer peer = sendRaw("POST", SNAPSHOTS, body(name))) {
      assertTrue(peer.isClosedByServer());
    }
    assertEquals("400 REF.1001", outcome(post(body(name))));
    assertTrue(
        client().listSnapshots(PROJECT).getSnapshots().stream()
            .map(SnapshotDetail::getName)
            .anyMatch(name::equals));
  }

  @Test
  void connectionIsDroppedBeforeTheOperation() throws Exception {
    server.faults().set(Fault.drop("createSnapshot", Drop.BEFORE).times(1));
    String name = freshName();
    try (RawPeer peer = sendRaw("POST", SNAPSHOTS, body(name))) {
      assertTrue(peer.isClosedByServer());
    }
    assertEquals("200", outcome(post(body(name))));
  }

  @Test
  void longListIsDroppedAsAWholeAndDelayed() throws Exception {
    for (int i = 0; i < 100; i++) {
      create(OTHER_PROJECT, OTHER_CLUSTER, freshName());
    }
    server.faults().set(Fault.drop("listSnapshots", Drop.AFTER));
    String path = "/v1.0/" + OTHER_PROJECT + "/snapshots";
    try (RawPeer peer = sendRaw("GET", path, "")) {
      assertTrue(peer.isClosedByServer());
    }
    server.faults().set(Fault.delay("listSnapshots", Duration.ZERO));
    assertEquals(100, json(send(request(path).GET())).get("snapshots").size());
  }

  @Test
  void delayHoldsNoThread() throws Exception {
    Duration delay = Duration.ofSeconds(3);
    server.faults().set(Fault.delay("showSnapshot", delay));
    List<RawPeer> delayed = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      delayed.add(sendRaw("GET", SHOW, ""));
    }
    long began = System.nanoTime();
    assertEquals("200", outcome(send(request(SNAPSHOTS).GET())));
    assertTrue(System.nanoTime() - began < delay.toNanos(), "another request waited");
    for (RawPeer peer : delayed) {
      assertEquals(404, peer.answer().status());
      peer.close();
    }
    assertTrue(System.nanoTime() - began >= delay.toNanos() / 2, "no delay");
  }

  @Test
  void delayedOperationsGiveTheirUsualResponses() throws Exception {
    String id = create(PROJECT, CLUSTER, freshName());
    server
        .faults()
        .set(
            Arrays.stream(Action.values())
                .flatMap(action -> action.operations().stream())
                .map(operation -> Fault.delay(operation, Duration.ofMillis(10)))
                .toList());
    long began = System.nanoTime();
    assertEquals("200", outcome(send(request(SNAPSHOTS).GET())));
    assertTrue(System.nanoTime() - began >= 10_000_000, "no delay");
    assertEquals("200", outcome(send(request(SNAPSHOTS + "/" + id).GET())));
    assertEquals("400 DWS.0001", outcome(post("{}")));
    assertEquals("400 DWS.0001", outcome(post("{\"snapshot\":{}}")));
    assertEquals("202", outcome(send(request(SNAPSHOTS + "/" + id).DELETE())));
    String limit = "/v1.0/" + PROJECT + "/clusters/" + CLUSTER + "/snapshots?limit=";
    assertEquals("400 DWS.0001", outcome(send(request(limit + "0").GET())));
    assertEquals("200", outcome(send(request(limit + "1").GET())));
  }

  @Test
  void firstFaultThatIsNotUsedUpApplies() {
    server
        .faults()
        .set(
            Fault.status("createSnapshot", 500),
            Fault.status("showSnapshot", 503).every(2).times(2),
            Fault.status("showSnapshot", 500).times(1));
    assertEquals(List.of(404, 503, 404, 503, 500, 404), statuses(6));
    server.faults().set(Fault.status("showSnapshot", 503).times(1));
    assertEquals(List.of(503, 404), statuses(2));
  }

  @Test
  void requestsWithoutPermissionAreNotCounted() {
    server.faults().set(Fault.status("showSnapshot", 503).times(1));
    HttpRequest.Builder forbidden =
        HttpRequest.newBuilder(server.uri().resolve(SHOW)).header("X-Auth-Token", OTHER_TOKEN);
    assertEquals(403, send(forbidden).statusCode());
    assertEquals(401, send(HttpRequest.newBuilder(server.uri().resolve(SHOW))).statusCode());
    assertEquals(List.of(503, 404), statuses(2));
  }

  @Test
  void faultsAreMarkedInTheLog() throws Exception {
    server
        .faults()
        .set(
            Fault.status("showSnapshot", 503).times(1),
            Fault.drop("showSnapshot", Drop.AFTER).times(1),
            Fault.delay("showSnapshot", Duration.ofMillis(1)).times(1));
    try (RecordedLog log = new RecordedLog("io.github.dwssnapshots.server.http.RequestLog")) {
      assertEquals(List.of(503), statuses(1));
      try (RawPeer peer = sendRaw("GET", SHOW, "")) {
        assertTrue(peer.isClosedByServer());
      }
      assertEquals(List.of(404, 404), statuses(2));
      Set<String> marks = new TreeSet<>();
      for (int i = 0;
          i < 500 && marks.size() < 3;
          i++) { // a reset is logged after the client sees it
        Thread.sleep(10);
        log.messages().stream()
            .filter(line -> line.contains(SHOW) && line.contains("injected: "))
            .forEach(line -> marks.add(line.replaceAll(".*/none (\\w+) .* injected", "$1")));
      }
      assertEquals(Set.of("503: status 503", "gone: drop after", "404: delay 1ms"), marks);
    }
  }
}
