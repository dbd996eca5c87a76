package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.jakarta.rs.json.JacksonJsonProvider;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.http.HttpFront;
import io.github.dwssnapshots.server.http.Json;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.Test;

/** A server that stops while requests are in flight. */
class StopTest {
  private static final InetSocketAddress LISTEN =
      InetSocketAddress.createUnresolved("127.0.0.1", 0);

  private static final String GET = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final int TIMEOUT_SECONDS = 20;

  /** Responds when the test completes its future. */
  @Path("/slow")
  public static final class Slow {
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();

    @GET
    public CompletionStage<Map<String, String>> slow() {
      begun.complete(null);
      return answer;
    }
  }

  /** Responds soon, from another thread. */
  @Path("/slow")
  public static final class Fast {
    @GET
    public CompletionStage<Map<String, String>> fast() {
      return CompletableFuture.supplyAsync(Map::of);
    }
  }

  @Test
  void stopAnswersRequestsInFlightAndClosesConnections() throws Exception {
    Slow slow = new Slow();
    HttpFront front = front(slow);
    try (RawPeer peer = new RawPeer(front.uri());
        RawPeer idle = new RawPeer(front.uri())) {
      assertEquals(404, idle.send("GET /none HTTP/1.1\r\nHost: x\r\n\r\n").answer().status());
      peer.send(GET);
      slow.begun.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> close(front));
      while (isListening(front)) {
        Thread.sleep(5);
      }
      assertEquals(503, idle.send(GET).answer().status());
      slow.answer.complete(Map.of("a", "b"));
      Answer answer = peer.answer();
      assertEquals("200 {\"a\":\"b\"}", answer.status() + " " + answer.body());
      assertEquals("close", answer.headers().get("connection"));
      assertTrue(peer.isClosedByServer());
      stopped.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** A connection looks idle for a moment between two pipelined requests. */
  @Test
  void stopMarksTheLastPipelinedResponse() throws Exception {
    for (int round = 0; round < 20; round++) {
      HttpFront front = front(new Fast());
      CountDownLatch answers = new CountDownLatch(100);
      CompletableFuture<Void> client =
          CompletableFuture.runAsync(
              () -> sendAhead(front, answers), task -> new Thread(task).start());
      assertTrue(answers.await(TIMEOUT_SECONDS, TimeUnit.SECONDS));
      front.close();
      client.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void sendAhead(HttpFront front, CountDownLatch answers) {
    try (RawPeer peer = new RawPeer(front.uri())) {
      while (!peer.willClose()) {
        peer.send(GET.repeat(10));
        for (int i = 0; i < 10 && !peer.willClose(); i++) {
          peer.answer();
          answers.countDown();
        }
      }
    } catch (IOException e) { // closed without "Connection: close" in a response
      throw new IllegalStateException(e);
    }
  }

  /** Some clients disconnect between two requests. The stop would wait for a request that stays. */
  @Test
  void disconnectedClientsLeaveNoRequestInFlight() throws Exception {
    HttpFront front = front(new Fast());
    for (int client = 0; client < 2000; client++) {
      try (RawPeer peer = new RawPeer(front.uri())) {
        peer.send(GET.repeat(20)).skip(1 + client % 500).reset();
      }
    }
    CompletableFuture.runAsync(() -> close(front)).get(5, TimeUnit.SECONDS);
  }

  @Test
  void requestsAboveTheLimitGet503UntilClientsLeave() throws Exception {
    Slow slow = new Slow();
    Bounds usual = Bounds.ofProcess(false);
    HttpFront front =
        front(
            slow,
            new Bounds(
                usual.connections(),
                50,
                usual.receive(),
                usual.idle(),
                usual.write(),
                usual.stop()));
    List<RawPeer> peers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      RawPeer peer = new RawPeer(front.uri());
      peers.add(peer.send(GET));
    }
    Answer refused = peers.get(199).answer();
    assertEquals(503, refused.status());
    assertEquals("1", refused.headers().get("retry-after"));
    for (RawPeer peer : peers) {
      peer.reset();
    }
    slow.answer.complete(Map.of());
    try (RawPeer peer = new RawPeer(front.uri())) {
      assertEquals(200, peer.send(GET).answer().status());
    }
    CompletableFuture.runAsync(() -> close(front)).get(5, TimeUnit.SECONDS);
  }

  private static HttpFront front(Object resource) throws IOException {
    return front(resource, Bounds.ofProcess(false));
  }

  private static HttpFront front(Object resource, Bounds bounds) throws IOException {
    ObjectMapper mapper = Json.mapper();
    ResourceConfig application =
        new ResourceConfig().register(resource).register(new JacksonJsonProvider(mapper));
    return HttpFront.start(
        LISTEN,
        Optional.empty(),
        application,
        ServerTest.openAddresses(mapper),
        Optional.empty(),
        mapper,
        bounds);
  }

  private static void close(HttpFront front) {
    try {
      front.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isListening(HttpFront front) {
    try {
      new RawPeer(front.uri()).close();
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
