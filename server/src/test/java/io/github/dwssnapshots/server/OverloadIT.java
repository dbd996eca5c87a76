package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Full load, and then ten times as many clients, each of which sends its next request at once.
 * Prints the latency of served requests and the live heap. {@code -Doverload.clients=1500} sets the
 * clients at full load, {@code -Doverload.seconds=20} the duration of each phase.
 */
@Tag("thorough")
class OverloadIT {
  private static final int CLIENTS = Integer.getInteger("overload.clients", 100);
  private static final int SECONDS = Integer.getInteger("overload.seconds", 3);

  @TempDir Path folder;

  /** A heap with room for the connections of ten times the load. */
  private static List<String> environment() {
    return List.of("JDK_JAVA_OPTIONS=-Xmx" + (64 + 2 * CLIENTS) + "m");
  }

  @Test
  @Timeout(600)
  void overloadReturns200Or503AndHeapStaysBounded() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder, environment())) {
      ManyClients clients = new ManyClients(server.uri());
      clients.ask(CLIENTS, Duration.ofSeconds(SECONDS)); // warm-up
      ManyClients.Outcome full = clients.ask(CLIENTS, Duration.ofSeconds(SECONDS));
      long heapAtFull = liveHeap(server);
      ManyClients.Outcome tenfold = clients.ask(10 * CLIENTS, Duration.ofSeconds(SECONDS));
      long heapAtTenfold = liveHeap(server);
      System.out.printf(
          "%d clients: %s, heap %d KiB; %d clients: %s, heap %d KiB; p99 %.1f times%n",
          CLIENTS,
          full,
          heapAtFull / 1024,
          10 * CLIENTS,
          tenfold,
          heapAtTenfold / 1024,
          (double) tenfold.p99Nanos() / full.p99Nanos());
      assertEquals(Set.of(200), full.statuses());
      assertTrue(Set.of(200, 503).containsAll(tenfold.statuses()), tenfold::toString);
      assertTrue(tenfold.statuses().contains(200), "no request was served");
      assertEquals(0, full.ended() + tenfold.ended(), "connections were closed without a response");
      try (RawPeer peer = new RawPeer(server.uri())) {
        String show =
            "GET /v1.0/" + DemoTenancy.PROJECT + "/snapshots/none HTTP/1.1\r\nHost: x\r\n";
        assertEquals(404, peer.send(show + "X-Auth-Token: demo-token\r\n\r\n").answer().status());
      }
      assertFalse(server.errors().contains("OutOfMemoryError"), server.errors());
    }
  }

  /** The bytes of reachable objects, after a full collection. */
  private static long liveHeap(ServerProcess server) throws IOException, InterruptedException {
    Process histogram =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(server.pid()),
                "GC.class_histogram")
            .start();
    String total =
        new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .reduce("", (x, y) -> y);
    assertEquals(0, histogram.waitFor());
    return Long.parseLong(total.strip().split("\\s+", -1)[2]);
  }
}
