package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The order of the checks, and the parts that all responses share. Uses raw requests, since the
 * generated client cannot send most of them.
 */
class AnswerTest extends ServerTest {
  @Test
  void checksRunInOrder() {
    String taken = freshName();
    post(body(taken));
    String tooLong = "x".repeat(20_000);
    HttpRequest.Builder stranger = HttpRequest.newBuilder(server.uri().resolve("/nowhere"));
    assertEquals(
        "413 REF.0413", outcome(send(stranger.copy().POST(BodyPublishers.ofString(tooLong)))));
    assertEquals(
        "401 APIGW.0301", outcome(send(stranger.copy().PUT(BodyPublishers.ofString("{}")))));
    assertEquals(
        "404 REF.0404", outcome(send(other("/nowhere").PUT(BodyPublishers.ofString("{}")))));
    assertEquals(
        "405 REF.0405", outcome(send(other(SNAPSHOTS).PUT(BodyPublishers.ofString("{}")))));
    assertEquals(
        "403 APIGW.0302", outcome(send(other(SNAPSHOTS).POST(BodyPublishers.ofString("{}")))));
    HttpRequest.Builder wrongTypes =
        request(SNAPSHOTS).header("Content-Type", "text/plain").header("Accept", "text/html");
    assertEquals("415 REF.0415", outcome(send(wrongTypes.POST(BodyPublishers.ofString("{}")))));
    assertEquals(
        "406 REF.0406",
        outcome(
            send(
                request(SNAPSHOTS)
                    .header("Accept", "text/html")
                    .POST(BodyPublishers.ofString("{}")))));
    assertEquals("400 DWS.0001", outcome(post(body("no").replace(CLUSTER, "none"))));
    assertEquals("404 DWS.0047", outcome(post(body(taken).replace(CLUSTER, "none"))));
    assertEquals("400 REF.1001", outcome(post(body(taken))));
  }

  private HttpRequest.Builder other(String path) {
    return request(path)
        .setHeader("X-Auth-Token", OTHER_TOKEN)
        .header("Content-Type", "text/plain");
  }

  @Test
  void shortListKeepsAnHttp10ConnectionOpen() throws Exception {
    post(body(freshName()));
    try (RawPeer peer = new RawPeer(server.uri())) {
      for (int i = 0; i < 2; i++) {
        peer.send(
            "GET "
                + SNAPSHOTS
                + " HTTP/1.0\r\nConnection: keep-alive\r\nX-Auth-Token: "
                + TOKEN
                + "\r\n\r\n");
        RawPeer.Answer answer = peer.answer();
        assertEquals("keep-alive", answer.headers().get("connection"));
        assertTrue(answer.body().endsWith("}"), answer.body());
      }
    }
  }

  @Test
  void creationReturns200WithTheIdOnly() {
    HttpResponse<String> response = post(body(freshName()));
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    String id = json(response).path("snapshot").path("id").asText();
    assertEquals("{\"snapshot\":{\"id\":\"" + UUID.fromString(id) + "\"}}", response.body());
  }

  @Test
  void eachResponseHasANewRequestId() {
    String own = UUID.randomUUID().toString();
    HttpResponse<String> first = send(post().header("X-Request-Id", own));
    HttpResponse<String> second = send(post().header("X-Request-Id", own));
    String id = first.headers().firstValue("X-Request-Id").orElse("");
    assertEquals(id, UUID.fromString(id).toString());
    assertNotEquals(own, id);
    assertNotEquals(id, second.headers().firstValue("X-Request-Id").orElse(""));
    assertEquals(1, first.headers().allValues("X-Request-Id").size());
  }

  @Test
  void messageQuotesAtMost64CharactersOfAValue() {
    String message = message(post(body("1" + "x".repeat(5000))));
    assertTrue(message.contains("\"1" + "x".repeat(63) + "…\""), message);
    assertFalse(message.contains("x".repeat(64)), message);
  }

  @Test
  void messageEscapesUnprintableCharacters() {
    String message = message(post(body("a\\u001b[31m\\ud800\\u202e")));
    assertTrue(message.contains("\"a\\u001b[31m\\ud800\\u202e\""), message);
  }

  @Test
  void responsesDoNotNameTheImplementation() {
    for (HttpResponse<String> response :
        List.of(post(body(freshName())), post("x"), send(request("/").GET()))) {
      String all = response.headers().map() + response.body();
      assertFalse(
          all.matches("(?is).*(grizzly|jersey|jackson|java|sqlite|exception|\\bserver=).*"), all);
    }
  }
}
