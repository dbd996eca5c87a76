package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More clients than the limit, and clients that stall. {@code -Dload.times=10} multiplies the
 * latter: 2,000 with half a head, 2,000 with half a body, and 10,000 idle.
 */
@Tag("thorough")
class LoadIT {
  private static final int TIMES = Integer.getInteger("load.times", 1);
  private static final String PATH = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";
  private static final String HEAD = " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n";
  private static final String SHOW = "GET " + PATH + "/none" + HEAD + "\r\n";
  private static final String HALF_A_HEAD = "POST " + PATH + HEAD;
  private static final String HALF_A_BODY =
      HALF_A_HEAD + "Content-Length: 16384\r\n\r\n" + "x".repeat(16_383);

  /** A head of nearly the maximum length. */
  private static final String HEAD_WITHOUT_BODY =
      HALF_A_HEAD + "A: " + "x".repeat(64_000) + "\r\nContent-Length: 16384\r\n\r\n";

  @TempDir Path folder;

  private final List<RawPeer> peers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (RawPeer peer : peers) {
      peer.close();
    }
  }

  private void connect(ServerProcess server, int clients, String bytes) throws IOException {
    for (int i = 0; i < clients; i++) {
      RawPeer peer = new RawPeer(server.uri());
      peers.add(peer);
      try {
        peer.send(bytes);
      } catch (SocketException rejected) {
        peer.close();
      }
    }
  }

  private void awaitCapacity(ServerProcess server) throws Exception {
    close();
    peers.clear();
    while (!isServed(server)) {
      Thread.sleep(100);
    }
  }

  private static boolean isServed(ServerProcess server) {
    try {
      return status(server) == 404;
    } catch (IOException noRoom) {
      return false;
    }
  }

  private static int status(ServerProcess server) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      return peer.send(SHOW).answer().status();
    }
  }

  private Map<String, Integer> outcomes(ServerProcess server, int clients, String bytes)
      throws IOException {
    connect(server, clients, bytes);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (RawPeer peer : peers) {
      outcomes.merge(outcome(peer), 1, Integer::sum);
    }
    return outcomes;
  }

  private static String outcome(RawPeer peer) {
    try {
      return "answered with " + peer.answer().status();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a client got no response", e);
    } catch (IOException aboveTheLimit) {
      return "closed";
    }
  }

  @Test
  void overloadClosesConnectionsAndServerKeepsRunning() throws Exception {
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of("JDK_JAVA_OPTIONS=-Xmx64m"))) {
      Map<String, String> expected =
          Map.of(
              HALF_A_BODY, "answered with 408",
              HEAD_WITHOUT_BODY, "answered with 408",
              SHOW, "answered with 404");
      for (Map.Entry<String, String> each : expected.entrySet()) {
        Map<String, Integer> outcomes = outcomes(server, 1000, each.getKey());
        assertEquals(Set.of("closed", each.getValue()), outcomes.keySet());
        assertTrue(outcomes.get(each.getValue()) >= 409, outcomes::toString);
        awaitCapacity(server);
      }
      server.terminate();
      assertEquals(143, server.exitCode());
      assertFalse(server.errors().contains("OutOfMemoryError"), server.errors());
    }
  }

  @Test
  void incompleteRequestsGet408AndDelayNoOtherClient() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder)) {
      connect(server, 1000 * TIMES, "");
      connect(server, 200 * TIMES, HALF_A_HEAD);
      connect(server, 200 * TIMES, HALF_A_BODY);
      long slowest = 0;
      for (int i = 0; i < 100; i++) {
        long began = System.nanoTime();
        assertEquals(404, status(server));
        slowest = Math.max(slowest, System.nanoTime() - began);
      }
      assertTrue(slowest < 2_000_000_000L, "a request took " + slowest + " ns");
      for (RawPeer peer : peers.subList(1000 * TIMES, peers.size())) {
        assertEquals(408, peer.answer().status());
        assertTrue(peer.isClosedByServer());
      }
      for (RawPeer idle : peers.subList(0, 100)) {
        assertEquals(404, idle.send(SHOW).answer().status(), "an idle connection stays open");
      }
    }
  }

  @Test
  void clientsThatDoNotReadBlockNoOtherClient() throws Exception {
    String many = "GET / HTTP/1.1\r\nHost:\r\n\r\n".repeat(1500); // responses of about 500 KB
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of("JDK_JAVA_OPTIONS=-Xmx64m"))) {
      connect(server, 60, many);
      long began = System.nanoTime();
      assertEquals(404, status(server));
      assertTrue(System.nanoTime() - began < 5_000_000_000L, "another client waited");
      assertFalse(server.errors().contains("OutOfMemoryError"), server.errors());
    }
  }

  @Test
  void slowSenderGets408AfterTheReceiveTimeout() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder);
        RawPeer peer = new RawPeer(server.uri())) {
      long began = System.nanoTime();
      for (int second = 0; second < 9; second++) {
        peer.send("GET /v1.0/".substring(second, second + 1));
        Thread.sleep(1000);
      }
      assertEquals(408, peer.answer().status());
      long seconds = (System.nanoTime() - began) / 1_000_000_000;
      assertTrue(seconds >= 10 && seconds <= 13, "closed after " + seconds + " s");
    }
  }

  @Test
  void slowReadersGetTheWholeList() throws Exception {
    LongListTest.fill(folder.resolve("snapshots-data"), 10_000); // about 3 MB of JSON
    try (ServerProcess server = ServerProcess.serving(folder)) {
      connect(server, 20, "GET " + PATH + HEAD + "\r\n");
      long until = System.nanoTime() + 40_000_000_000L; // longer than the write timeout
      while (System.nanoTime() < until) {
        for (RawPeer peer : peers) {
          peer.skip(2048);
        }
        Thread.sleep(100);
      }
      for (RawPeer peer : peers) {
        assertTrue(peer.skipTo("\"count\":10000}"), "the list is incomplete");
      }
    }
  }
}
