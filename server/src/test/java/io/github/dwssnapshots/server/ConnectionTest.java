package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.http.Bounds;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Connections from the first request to the end. */
class ConnectionTest extends ServerTest {
  @Override
  Bounds bounds() {
    return withShortReceiveTimeout();
  }

  @Test
  void clientThatKeepsSendingGetsItsResponse() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(WireTest.head("Content-Length: 500000\r\n\r\n"));
      for (int i = 0; i < 50; i++) {
        peer.send("x".repeat(10_000));
      }
      assertEquals(413, peer.answer().status());
    }
  }

  @Test
  void pipelinedRequestsAreServedInOrder() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(
          WireTest.whole(body(freshName()))
              + WireTest.chunked(WireTest.chunks(body(freshName()), 9))
              + WireTest.whole(body(freshName())));
      for (int i = 0; i < 3; i++) {
        assertEquals(200, peer.answer().status());
      }
      peer.send(
          WireTest.whole(body(freshName()))
              .replace(WireTest.HOST, WireTest.HOST + "Connection: close\r\n"));
      Answer last = peer.answer();
      assertEquals("close", last.headers().get("connection"));
      assertTrue(peer.isClosedByServer());
    }
  }

  /** By default Grizzly reuses the buffer of a request while it still contains the next one. */
  @Test
  void requestsSentInPiecesAreReadIntact() throws Exception {
    Random random = new Random(17);
    try (RawPeer one = new RawPeer(server.uri());
        RawPeer other = new RawPeer(server.uri())) {
      List<RawPeer> peers = List.of(one, other);
      Map<RawPeer, List<String>> names = Map.of(one, new ArrayList<>(), other, new ArrayList<>());
      Map<RawPeer, StringBuilder> left =
          Map.of(one, new StringBuilder(), other, new StringBuilder());
      for (RawPeer peer : peers) {
        for (int i = 0; i < 300; i++) {
          names.get(peer).add(freshName());
          left.get(peer).append(WireTest.whole(body(names.get(peer).get(i))));
        }
      }
      while (left.get(one).length() + left.get(other).length() > 0) {
        for (RawPeer peer : peers) {
          StringBuilder bytes = left.get(peer);
          int piece = Math.min(bytes.length(), 1 + random.nextInt(3000));
          peer.send(bytes.substring(0, piece));
          bytes.delete(0, piece);
        }
      }
      for (RawPeer peer : peers) {
        for (String name : names.get(peer)) {
          Answer created = peer.answer();
          assertEquals(200, created.status(), created.body());
          String id = json.readTree(created.body()).at("/snapshot/id").asText();
          JsonNode shown = json(send(request(SNAPSHOTS + "/" + id).GET()));
          assertEquals(name, shown.at("/snapshot/name").asText());
        }
      }
    }
  }

  @Test
  void connectionServesMoreThan1000Requests() throws Exception {
    String show =
        "GET " + SNAPSHOTS + "/none HTTP/1.1\r\n" + WireTest.HOST + WireTest.AUTH + "\r\n";
    try (RawPeer peer = new RawPeer(server.uri())) {
      for (int i = 0; i < 600; i++) {
        peer.send(show.repeat(2));
        assertEquals(404, peer.answer().status());
        assertEquals(404, peer.answer().status());
      }
    }
  }

  @Test
  void requestsAfterTheLastResponseAreIgnored() throws Exception {
    for (String last :
        List.of(
            WireTest.whole(body(freshName())).replace("HTTP/1.1", "HTTP/1.0"),
            WireTest.whole(body(freshName()))
                .replace(WireTest.HOST, WireTest.HOST + "Connection: close\r\n"))) {
      String late = freshName();
      try (RawPeer peer = new RawPeer(server.uri())) {
        peer.send(last + WireTest.whole(body(late)) + WireTest.whole(body(late)));
        assertEquals("close", peer.answer().headers().get("connection"));
        assertTrue(peer.isClosedByServer());
      }
      assertEquals("200", outcome(post(body(late))), "the name is still free");
    }
  }

  @Test
  void connectionStaysOpenAfterErrorsWithoutABody() throws Exception {
    String show = "GET " + SNAPSHOTS + "/none HTTP/1.1\r\n" + WireTest.HOST;
    try (RawPeer peer = new RawPeer(server.uri())) {
      assertEquals(401, peer.send(show + "\r\n").answer().status());
      assertEquals(404, peer.send(show + WireTest.AUTH + "\r\n").answer().status());
      assertEquals(405, peer.send(WireTest.head("\r\n").replace("POST", "PUT")).answer().status());
      assertEquals(200, peer.send(WireTest.whole(body(freshName()))).answer().status());
      assertEquals("close", peer.send(WireTest.whole("{}")).answer().headers().get("connection"));
      assertTrue(peer.isClosedByServer());
    }
  }

  @Test
  void halfClosedClientGetsItsResponses() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(WireTest.whole(body(freshName())) + WireTest.whole(body(freshName()))).endOutput();
      assertEquals(200, peer.answer().status());
      assertEquals(200, peer.answer().status());
      assertTrue(peer.isClosedByServer());
    }
  }

  @Test
  void bytesAfterAMalformedRequestAreIgnored() throws Exception {
    String smuggled = freshName();
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(
          WireTest.head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
              + "0\r\n\r\n"
              + WireTest.whole(body(smuggled)));
      assertEquals(400, peer.answer().status());
      assertTrue(peer.isClosedByServer());
    }
    assertEquals("200", outcome(post(body(smuggled))), "the name is still free");
  }

  @Test
  void expect100ContinueIsAnsweredBeforeTheBody() throws Exception {
    String body = body(freshName());
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(
          WireTest.head("Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n"));
      assertEquals(100, peer.answer().status());
      assertEquals(200, peer.send(body).answer().status());
      peer.send(WireTest.head("Expect: 100-continue\r\nContent-Length: 20000\r\n\r\n"));
      assertEquals(413, peer.answer().status());
    }
  }

  @Test
  void jdkClientWithDefaultsIsServedWithoutDelay() throws Exception {
    post(body(freshName())); // warm-up
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () ->
            assertEquals(
                200,
                HttpClient.newHttpClient()
                    .send(
                        request(SNAPSHOTS).POST(BodyPublishers.ofString(body(freshName()))).build(),
                        BodyHandlers.discarding())
                    .statusCode()));
  }

  @Test
  void pipeliningClientsThatDoNotReadDelayNoOtherClient() throws Exception {
    String show =
        "GET " + SNAPSHOTS + "/none HTTP/1.1\r\n" + WireTest.HOST + WireTest.AUTH + "\r\n";
    List<RawPeer> silent = new ArrayList<>();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      RawPeer peer = new RawPeer(server.uri());
      silent.add(peer);
      senders.add(new Thread(() -> sendUntilClosed(peer, show.repeat(10_000))));
    }
    senders.forEach(Thread::start);
    for (int i = 0; i < 20; i++) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(2), () -> assertEquals("200", outcome(post(body(freshName())))));
    }
    for (RawPeer peer : silent) {
      peer.close();
    }
    for (Thread sender : senders) {
      sender.join();
    }
  }

  private static void sendUntilClosed(RawPeer peer, String bytes) {
    try {
      peer.send(bytes);
    } catch (IOException ended) {
      return; // the server closes it, since the client does not read
    }
  }

  @Test
  void incompleteRequestsGet408AndDelayNoOtherClient() throws Exception {
    List<RawPeer> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        RawPeer peer = new RawPeer(server.uri());
        slow.add(peer);
        String bytes = WireTest.whole(body(freshName()));
        peer.send(
            bytes.substring(0, i % 2 == 0 ? bytes.length() - 9 : 40)); // half a body, half a head
      }
      assertTimeoutPreemptively(
          Duration.ofSeconds(2), () -> assertEquals("200", outcome(post(body(freshName())))));
      for (RawPeer peer : slow) {
        Answer answer = peer.answer();
        assertEquals(
            "408 REF.0408",
            answer.status() + " " + json.readTree(answer.body()).path("error_code").asText());
        assertTrue(peer.isClosedByServer());
      }
    } finally {
      for (RawPeer peer : slow) {
        peer.close();
      }
    }
  }
}
