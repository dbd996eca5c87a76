package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.RawPeer.Answer;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Unusual but valid HTTP, and requests sent byte by byte. */
class WireTest extends ServerTest {
  static final String HOST = "Host: x\r\n";
  static final String AUTH = "X-Auth-Token: " + TOKEN + "\r\n";

  /** The upgrade headers that the JDK's client sends by default. */
  private static final String H2C =
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n";

  static String head(String more) {
    return "POST " + SNAPSHOTS + " HTTP/1.1\r\n" + HOST + AUTH + more;
  }

  static String whole(String body) {
    return head("Content-Length: " + body.length() + "\r\n\r\n" + body);
  }

  static String chunked(String chunks) {
    return head("Transfer-Encoding: chunked\r\n\r\n" + chunks);
  }

  @Test
  void headOf64KiBIsAcceptedAndLongerReturns431() throws Exception {
    for (String filler : List.of("A: ", "A:b\r\n".repeat(50) + "A: ")) {
      String body = body(freshName());
      String empty = head(filler + "\r\nContent-Length: " + body.length() + "\r\n\r\n");
      String longest = "x".repeat(64 * 1024 - empty.length());
      assertEquals(200, answer(empty.replace("A: \r\n", "A: " + longest + "\r\n") + body).status());
      assertEquals(
          431, answer(empty.replace("A: \r\n", "A: x" + longest + "\r\n") + body).status());
    }
  }

  @Test
  void trailersAreNotHeaders() throws Exception {
    String trailer = chunked(chunks(body(freshName()), 7)).replace(AUTH, "");
    assertEquals(401, answer(trailer.replace("0\r\n\r\n", "0\r\n" + AUTH + "\r\n")).status());
  }

  @Test
  void longestTargetIsAccepted() throws Exception {
    String escaped = "GET /" + "%41".repeat(21_000) + " HTTP/1.1\r\n" + HOST + AUTH + "\r\n";
    assertEquals(404, answer(escaped).status());
  }

  private Answer answer(String bytes) throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      return peer.send(bytes).answer();
    }
  }

  @Test
  void headResponsesHaveNoContent() throws Exception {
    Map<String, Integer> statuses =
        Map.of("", 400, HOST, 401, HOST + AUTH, 200, HOST + "Content-Length: 99999\r\n", 413);
    for (Map.Entry<String, Integer> each : statuses.entrySet()) {
      try (RawPeer peer = new RawPeer(server.uri())) {
        peer.send(
            "HEAD " + SNAPSHOTS + " HTTP/1.1\r\nConnection: close\r\n" + each.getKey() + "\r\n");
        String all = peer.everything();
        assertTrue(all.startsWith("HTTP/1.1 " + each.getValue() + " "), all);
        assertTrue(all.endsWith("\r\n\r\n"), all);
      }
    }
  }

  static Stream<Arguments> validRequests() {
    return Stream.of(
        accepted("HTTP/1.0", b -> whole(b).replace("HTTP/1.1", "HTTP/1.0").replace(HOST, "")),
        accepted("absolute target", b -> whole(b).replace("POST ", "POST http://example.org:80")),
        accepted("100 fields", b -> whole(b).replace(HOST, HOST + "A: b\r\n".repeat(97))),
        accepted("names in capitals", b -> whole(b).replace("Content-Length", "CONTENT-LENGTH")),
        accepted("no blanks after colons", b -> whole(b).replace(": ", ":")),
        accepted("empty Host", b -> whole(b).replace(HOST, "Host:\r\n")),
        accepted("IPv6 Host", b -> whole(b).replace(HOST, "Host: [::1]:8080\r\n")),
        accepted("obs-text in a value", b -> whole(b).replace(HOST, HOST + "A: \u00e4\r\n")),
        accepted("h2c", b -> whole(b).replace(HOST, HOST + H2C)),
        accepted(
            "websocket",
            b -> whole(b).replace(HOST, HOST + "Connection: Upgrade\r\nUpgrade: websocket\r\n")),
        accepted("chunked", b -> chunked(chunks(b, b.length()))),
        accepted(
            "empty members", b -> whole(b).replace(HOST, HOST + "Expect: ,\r\nAccept: ,,\r\n")),
        accepted("chunked in sevens", b -> chunked(chunks(b, 7))),
        accepted("Chunked", b -> chunked(chunks(b, 7)).replace("chunked", "Chunked")),
        accepted("trailers", b -> chunked(chunks(b, 7).replace("0\r\n\r\n", "0\r\nA: b\r\n\r\n"))),
        accepted("capital hex", b -> chunked(chunks(b, 15).replace("f\r\n", "F\r\n"))));
  }

  private static Arguments accepted(String name, UnaryOperator<String> bytesOfBody) {
    return Arguments.of(name, bytesOfBody);
  }

  static String chunks(String body, int size) {
    return chunks(body, size, "");
  }

  static String chunks(String body, int size, String extension) {
    StringBuilder chunks = new StringBuilder();
    for (int i = 0; i < body.length(); i += size) {
      String chunk = body.substring(i, Math.min(body.length(), i + size));
      chunks
          .append(Integer.toHexString(chunk.length()))
          .append(extension)
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return chunks.append("0\r\n\r\n").toString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("validRequests")
  void validRequestIsServedWholeAndByteByByte(String name, UnaryOperator<String> bytesOfBody)
      throws Exception {
    for (int pieces : List.of(1, Integer.MAX_VALUE)) {
      String bytes = bytesOfBody.apply(body(freshName()));
      int size = Math.max(1, bytes.length() / pieces);
      try (RawPeer peer = new RawPeer(server.uri())) {
        for (int i = 0; i < bytes.length(); i += size) {
          peer.send(bytes.substring(i, Math.min(bytes.length(), i + size)));
        }
        assertEquals(200, peer.answer().status());
      }
    }
  }

  @Test
  void unknownMethodReturns501() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer =
          peer.send("BREW " + SNAPSHOTS + " HTTP/1.1\r\n" + HOST + AUTH + "\r\n").answer();
      assertEquals(
          "501 REF.0501",
          answer.status() + " " + json.readTree(answer.body()).path("error_code").asText());
    }
  }

  @Test
  void unusualValidRequestsReachTheApi() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      String semicolons = "GET /" + ";".repeat(60_000) + " HTTP/1.1\r\n" + HOST + "\r\n";
      assertEquals(401, peer.send(semicolons).answer().status());
      assertEquals(
          200,
          peer.send(whole(body(freshName())).replace("POST ", "POST http://a_b"))
              .answer()
              .status());
      Answer empty = peer.send(head("Content-Length: 0000000000\r\n\r\n")).answer();
      assertEquals(400, empty.status());
      assertTrue(empty.body().contains("DWS.0001"), empty.body());
    }
  }
}
