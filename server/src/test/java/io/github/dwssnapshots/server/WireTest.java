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

/** Bytes that no well-behaved client sends, and the ways in which a good request may be cut. */
class WireTest extends ServerTest {
  static final String HOST = "Host: x\r\n";
  static final String AUTH = "X-Auth-Token: " + TOKEN + "\r\n";

  /** What the JDK's client sends by default. */
  private static final String H2C =
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n";

  static String head(String more) {
    return "POST " + SNAPSHOTS + " HTTP/1.1\r\n" + HOST + AUTH + more;
  }

  static String whole(String body) {
    return head("Content-Length: " + body.length() + "\r\n\r\n" + body);
  }

  static Stream<Arguments> refusedRequests() {
    return Stream.of(
        Arguments.of("no request line", "hello\r\n\r\n", "400 REF.0400"),
        Arguments.of("HTTP/0.9", "GET /\r\n\r\n", "400 REF.0400"),
        Arguments.of("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001", "400 REF.0400"),
        Arguments.of("two blanks", "GET  / HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 REF.0505"),
        Arguments.of("HTTP/3.0", "GET / HTTP/3.0\r\n" + HOST + "\r\n", "505 REF.0505"),
        Arguments.of("PRI", "PRI / HTTP/1.1\r\n" + HOST + "\r\n", "501 REF.0501"),
        Arguments.of("HTTP/x", "GET / HTTP/x\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("method with a colon", "GE:T / HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("no Host", "GET / HTTP/1.1\r\n\r\n", "400 REF.0400"),
        Arguments.of("two Hosts", "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("bad Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 REF.0400"),
        Arguments.of("bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "400 REF.0400"),
        Arguments.of("bad escape", "GET /%zz HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("half an escape", "GET /% HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of(
            "raw bytes in the path", "GET /\u00e4 HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("a fragment", "GET /#x HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of(
            "authority as target", "GET x:80 HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("asterisk as target", "GET * HTTP/1.1\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("CONNECT", "CONNECT x:80 HTTP/1.1\r\n" + HOST + "\r\n", "501 REF.0501"),
        Arguments.of("bare LF", "GET / HTTP/1.1\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("bare CR", "GET / HTTP/1.1\r\nA: b\rc\r\n" + HOST + "\r\n", "400 REF.0400"),
        Arguments.of("obs-fold", head("A: b\r\n c\r\n\r\n"), "400 REF.0400"),
        Arguments.of("HTTP/1.2", "GET / HTTP/1.2\r\n" + HOST + "\r\n", "505 REF.0505"),
        Arguments.of("empty lines first", "\r\n\r\n" + head("\r\n"), "400 REF.0400"),
        Arguments.of("chunk extension", chunked("1;a=b\r\nx\r\n0\r\n\r\n"), "400 REF.0400"),
        Arguments.of(
            "TRACE with a body",
            head("Content-Length: 1\r\n\r\nx").replace("POST", "TRACE"),
            "400 REF.0400"),
        Arguments.of("blank before the colon", head("A : b\r\n\r\n"), "400 REF.0400"),
        Arguments.of("NUL in a name", head("A\u0000: b\r\n\r\n"), "400 REF.0400"),
        Arguments.of("NUL in a value", head("A: b\u0000\r\n\r\n"), "400 REF.0400"),
        Arguments.of("no colon", head("A\r\n\r\n"), "400 REF.0400"),
        Arguments.of("no name", head(": b\r\n\r\n"), "400 REF.0400"),
        Arguments.of("Content-Length -1", head("Content-Length: -1\r\n\r\n"), "400 REF.0400"),
        Arguments.of("Content-Length +1", head("Content-Length: +1\r\n\r\n"), "400 REF.0400"),
        Arguments.of("Content-Length empty", head("Content-Length:\r\n\r\n"), "400 REF.0400"),
        Arguments.of("Content-Length x", head("Content-Length: x\r\n\r\n"), "400 REF.0400"),
        Arguments.of("Content-Length 1, 1", head("Content-Length: 1, 1\r\n\r\n"), "400 REF.0400"),
        Arguments.of(
            "two Content-Lengths",
            head("Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            "400 REF.0400"),
        Arguments.of(
            "both lengths",
            head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "400 REF.0400"),
        Arguments.of(
            "both lengths",
            head("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
            "400 REF.0400"),
        Arguments.of(
            "both lengths, one coding empty",
            head("Transfer-Encoding: ,\r\nContent-Length: 1\r\n\r\n"),
            "400 REF.0400"),
        Arguments.of(
            "huge Content-Length",
            head("Content-Length: 99999999999999999999\r\n\r\n"),
            "413 REF.0413"),
        Arguments.of("16 KiB and one", head("Content-Length: 16385\r\n\r\n"), "413 REF.0413"),
        Arguments.of(
            "unknown coding", head("Transfer-Encoding: gzip, chunked\r\n\r\n"), "501 REF.0501"),
        Arguments.of(
            "chunked twice", head("Transfer-Encoding: chunked, chunked\r\n\r\n"), "400 REF.0400"),
        Arguments.of(
            "chunked in disguise", head("Transfer-Encoding: , chunked\r\n\r\n"), "400 REF.0400"),
        Arguments.of("CR before the request", "\r" + head("\r\n"), "400 REF.0400"),
        Arguments.of("LF before the request", "\n" + head("\r\n"), "400 REF.0400"),
        Arguments.of("xchunked", head("Transfer-Encoding: xchunked\r\n\r\n"), "400 REF.0400"),
        Arguments.of("gzip alone", head("Transfer-Encoding: gzip\r\n\r\n"), "400 REF.0400"),
        Arguments.of(
            "chunked, not last", head("Transfer-Encoding: chunked, gzip\r\n\r\n"), "400 REF.0400"),
        Arguments.of("no coding", head("Transfer-Encoding:\r\n\r\n"), "400 REF.0400"),
        Arguments.of(
            "chunked in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400 REF.0400"),
        Arguments.of("chunk size x", chunked("x\r\n"), "400 REF.0400"),
        Arguments.of("chunk size -1", chunked("-1\r\n"), "400 REF.0400"),
        Arguments.of("chunk size empty", chunked("\r\n"), "400 REF.0400"),
        Arguments.of("chunk size 0x1", chunked("0x1\r\n"), "400 REF.0400"),
        Arguments.of("chunk size with LF", chunked("1\n"), "400 REF.0400"),
        Arguments.of("huge chunk", chunked("ffffffff\r\n"), "413 REF.0413"),
        Arguments.of("very huge chunk", chunked("fffffffffffffffff\r\n"), "413 REF.0413"),
        Arguments.of("more after a chunk", chunked("1\r\nx \r\n0\r\n\r\n"), "400 REF.0400"),
        Arguments.of("no break after a chunk", chunked("1\r\nx0\r\n\r\n"), "400 REF.0400"),
        Arguments.of("break before a size", chunked("\r\n1\r\nx\r\n0\r\n\r\n"), "400 REF.0400"),
        Arguments.of("blank after a size", chunked("1 \r\nx\r\n0\r\n\r\n"), "400 REF.0400"),
        Arguments.of("no colon in a trailer", chunked("0\r\nfoo\r\n\r\n"), "400 REF.0400"),
        Arguments.of("chunk past its size", chunked("1\r\nabc"), "400 REF.0400"),
        Arguments.of("long chunk extension", chunked("1;" + "x".repeat(300)), "400 REF.0400"),
        Arguments.of("bad trailer", chunked("0\r\nx y\r\n"), "400 REF.0400"),
        Arguments.of("many trailers", chunked("0\r\n" + "a: b\r\n".repeat(17)), "400 REF.0400"),
        Arguments.of(
            "chunks past the bound",
            chunked(("1000\r\n" + "x".repeat(4096) + "\r\n").repeat(5)),
            "413 REF.0413"),
        Arguments.of(
            "Expect: bogus", head("Expect: bogus\r\nContent-Length: 1\r\n\r\nx"), "417 REF.0417"),
        Arguments.of("long target", "GET /" + "x".repeat(70_000), "414 REF.0414"),
        Arguments.of("long header", head("A: " + "x".repeat(70_000)), "431 REF.0431"),
        Arguments.of("many headers", head("A: b\r\n".repeat(101) + "\r\n"), "431 REF.0431"));
  }

  static String chunked(String chunks) {
    return head("Transfer-Encoding: chunked\r\n\r\n" + chunks);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedRequests")
  void whatIsMalformedIsRefusedAndTheConnectionClosed(String name, String bytes, String outcome)
      throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer = peer.send(bytes).answer();
      assertEquals(
          outcome,
          answer.status() + " " + json.readTree(answer.body()).path("error_code").asText());
      assertEquals("close", answer.headers().get("connection"));
      assertEquals("application/json", answer.headers().get("content-type"));
      assertTrue(
          answer.headers().containsKey("x-request-id") && answer.headers().containsKey("date"),
          answer.toString());
      assertTrue(peer.isClosedByServer());
    }
    assertEquals("200", outcome(post(body(freshName()))));
  }

  @Test
  void aHeadOf64KiBPassesAndOneByteMoreIs431() throws Exception {
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
  void aTrailerIsNoHeader() throws Exception {
    String trailer = chunked(chunks(body(freshName()), 7)).replace(AUTH, "");
    assertEquals(401, answer(trailer.replace("0\r\n\r\n", "0\r\n" + AUTH + "\r\n")).status());
  }

  @Test
  void theLongestTargetIsStillATarget() throws Exception {
    String escaped = "GET /" + "%41".repeat(21_000) + " HTTP/1.1\r\n" + HOST + AUTH + "\r\n";
    assertEquals(404, answer(escaped).status());
  }

  private Answer answer(String bytes) throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      return peer.send(bytes).answer();
    }
  }

  @Test
  void anAnswerToHeadHasNoBodyWhoeverGivesIt() throws Exception {
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

  static Stream<Arguments> acceptedRequests() {
    return Stream.of(
        accepted("HTTP/1.0", b -> whole(b).replace("HTTP/1.1", "HTTP/1.0").replace(HOST, "")),
        accepted("absolute target", b -> whole(b).replace("POST ", "POST http://example.org:80")),
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
  @MethodSource("acceptedRequests")
  void whatHttpAllowsIsServedInOnePieceAndByteByByte(String name, UnaryOperator<String> bytesOfBody)
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
  void anUnknownMethodIs501() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer =
          peer.send("BREW " + SNAPSHOTS + " HTTP/1.1\r\n" + HOST + AUTH + "\r\n").answer();
      assertEquals(
          "501 REF.0501",
          answer.status() + " " + json.readTree(answer.body()).path("error_code").asText());
    }
  }

  @Test
  void whatIsOddAndWellFormedReachesTheApi() throws Exception {
    try (RawPeer peer = new RawPeer(server.uri())) {
      String semicolons = "GET /" + ";".repeat(60_000) + " HTTP/1.1\r\n" + HOST + "\r\n";
      assertEquals(401, peer.send(semicolons).answer().status());
      assertEquals(
          200,
          peer.send(whole(body(freshName())).replace("POST ", "POST http://a_b"))
              .answer()
              .status());
      Answer noBody = peer.send(head("Content-Length: 0000000000\r\n\r\n")).answer();
      assertEquals(400, noBody.status());
      assertTrue(noBody.body().contains("DWS.0001"), noBody.body());
    }
  }
}
