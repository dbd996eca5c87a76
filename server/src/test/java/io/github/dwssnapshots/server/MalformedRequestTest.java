package io.github.dwssnapshots.server;

import static io.github.dwssnapshots.server.WireTest.HOST;
import static io.github.dwssnapshots.server.WireTest.chunked;
import static io.github.dwssnapshots.server.WireTest.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.RawPeer.Answer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are not valid HTTP. */
class MalformedRequestTest extends ServerTest {
  static Stream<Arguments> malformedRequests() {
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
        Arguments.of("many headers", head("A: b\r\n".repeat(99) + "\r\n"), "431 REF.0431"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedRequests")
  void malformedRequestIsRejectedAndConnectionClosed(String name, String bytes, String outcome)
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
}
