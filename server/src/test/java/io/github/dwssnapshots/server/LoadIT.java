package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.RawPeer.Answer;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More clients than a server can have, and clients that do not go on. {@code -Dload.times=10} has
 * ten times as many of the latter: 2,000 with half a head, 2,000 with half a body, 10,000 idle.
 */
class LoadIT {
  private static final int TIMES = Integer.getInteger("load.times", 1);
  private static final String PATH = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";
  private static final String HEAD = " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n";
  private static final String SHOW = "GET " + PATH + "/none" + HEAD + "\r\n";
  private static final String HALF_A_HEAD = "POST " + PATH + HEAD;
  private static final String HALF_A_BODY =
      HALF_A_HEAD + "Content-Length: 16384\r\n\r\n" + "x".repeat(16_383);
  private static final String HEAD_WITHOUT_ITS_BODY =
      HALF_A_HEAD
          + IntStream.range(0, 60)
              .mapToObj(i -> "X-" + i + ": " + "x".repeat(115) + "\r\n")
              .collect(Collectors.joining())
          + "Content-Length: 16384\r\n\r\n";

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
      } catch (SocketException oneTooMany) {
        peer.close();
      }
    }
  }

  private void awaitRoom(ServerProcess server) throws Exception {
    close();
    peers.clear();
    while (status(server) == 503) {
      Thread.sleep(100);
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
      Answer answer = peer.answer();
      if (answer.status() == 503) {
        assertEquals("1", answer.headers().get("retry-after"));
        assertTrue(answer.body().contains("REF.0503"), answer.body());
        return "told";
      }
      return "in time for a " + answer.status();
    } catch (SocketTimeoutException left) {
      throw new AssertionError("a client was left without an answer", left);
    } catch (IOException pastThoseThatAreTold) {
      return "closed";
    }
  }

  @Test
  void whoeverIsTooManyIsRefusedAtOnceAndTheServerGoesOn() throws Exception {
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of("JDK_JAVA_OPTIONS=-Xmx64m"))) {
      // How many of each depends on how fast they came.
      Map<String, Integer> halves = outcomes(server, 1500, HALF_A_BODY);
      assertEquals(Set.of("in time for a 408", "told"), halves.keySet());
      assertTrue(halves.get("in time for a 408") >= 768, halves::toString);
      awaitRoom(server);
      Map<String, Integer> heads = outcomes(server, 3072, HEAD_WITHOUT_ITS_BODY);
      assertEquals(Set.of("in time for a 408", "told"), heads.keySet());
      awaitRoom(server);
      Map<String, Integer> wholes = outcomes(server, 4000, SHOW);
      assertEquals(Set.of("closed", "in time for a 404", "told"), wholes.keySet());
      assertTrue(wholes.get("in time for a 404") >= 3072, wholes::toString);
      awaitRoom(server);
      assertEquals(404, status(server));
      server.terminate();
      assertEquals(143, server.exitCode());
      assertFalse(server.errors().contains("OutOfMemoryError"), server.errors());
    }
  }

  @Test
  void whoeverDoesNotGoOnDelaysNobodyAndIsCutOff() throws Exception {
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
      assertTrue(slowest < 2_000_000_000L, "somebody waited for " + slowest + " ns");
      for (RawPeer peer : peers.subList(1000 * TIMES, peers.size())) {
        assertEquals(408, peer.answer().status());
        assertTrue(peer.isClosedByServer());
      }
      for (RawPeer idle : peers.subList(0, 100)) {
        assertEquals(404, idle.send(SHOW).answer().status(), "who is idle is none of them");
      }
    }
  }

  /**
   * A client that sends requests and does not read has their room for 2 seconds. The best of three
   * attempts counts: without that limit each takes more than 20 s, and a busy machine makes any
   * single one slow.
   */
  @Test
  void whoDoesNotReadDoesNotKeepOthersOut() throws Exception {
    List<Long> seconds = new ArrayList<>();
    while (seconds.size() < 3 && seconds.stream().noneMatch(each -> each < 10)) {
      seconds.add(secondsUntilOthersAreServed());
    }
    System.out.println("LoadIT: others were served after " + seconds + " s");
    assertTrue(seconds.stream().anyMatch(each -> each < 10), "all were refused for " + seconds);
  }

  private long secondsUntilOthersAreServed() throws Exception {
    String many = "GET / HTTP/1.1\r\nHost:\r\n\r\n".repeat(1500); // some 500 KB of answers
    List<RawPeer> silent = new ArrayList<>();
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of("JDK_JAVA_OPTIONS=-Xmx64m"))) {
      for (int i = 0; i < 420; i++) { // who may have 384 requests in flight
        RawPeer peer = RawPeer.thatTakesLittle(server.uri());
        silent.add(peer);
        peer.send(many);
      }
      long full = System.nanoTime();
      Thread.sleep(4000); // by then all room is taken, or has been given back
      while (status(server) == 503) {
        Thread.sleep(100);
      }
      return (System.nanoTime() - full) / 1_000_000_000;
    } finally {
      for (RawPeer peer : silent) {
        peer.close();
      }
    }
  }

  @Test
  void whoSendsAByteASecondHasNoLongerThanWhoSendsNone() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder);
        RawPeer peer = new RawPeer(server.uri())) {
      long began = System.nanoTime();
      for (int second = 0; second < 9; second++) {
        peer.send("GET /v1.0/".substring(second, second + 1));
        Thread.sleep(1000);
      }
      assertEquals(408, peer.answer().status());
      long seconds = (System.nanoTime() - began) / 1_000_000_000;
      assertTrue(seconds >= 10 && seconds <= 13, "cut off after " + seconds + " s");
    }
  }

  /** A connection that carries little is no client that has stopped. */
  @Test
  void whoReadsSlowlyGetsTheListToItsEnd() throws Exception {
    LongListTest.fill(folder.resolve("snapshots-data"), 10_000); // some 3 MB as JSON
    try (ServerProcess server = ServerProcess.serving(folder);
        RawPeer peer = new RawPeer(server.uri())) {
      peer.send("GET " + PATH + HEAD + "\r\n");
      long until = System.nanoTime() + 35_000_000_000L; // past what a client may stall
      while (System.nanoTime() < until) {
        peer.skip(2048);
        Thread.sleep(100);
      }
      assertTrue(peer.skipTo("\"count\":10000}"), "the list was broken off");
    }
  }
}
