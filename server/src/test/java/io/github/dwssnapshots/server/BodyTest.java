package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Valid and invalid request bodies. Uses raw requests, since the generated client cannot send most
 * of them.
 */
class BodyTest extends ServerTest {

  private static final String INVALID_REQUEST = "400 DWS.0001";

  static Stream<Arguments> invalidBodies() {
    String rest = ",\"cluster_id\":\"" + CLUSTER + "\"}}";
    return Stream.of(
        Arguments.of("", "the body is empty"),
        Arguments.of("null", "the body is null"),
        Arguments.of("[]", "the body must be an object"),
        Arguments.of("\"x\"", "the body must be an object"),
        Arguments.of("1", "the body must be an object"),
        Arguments.of("true", "the body must be an object"),
        Arguments.of("{", "ends before the JSON is complete"),
        Arguments.of("{}", "missing property \"snapshot\""),
        Arguments.of("nul", "not JSON"),
        Arguments.of("{\"snapshot\":null}", "snapshot must not be null"),
        Arguments.of("{\"snapshot\":[]}", "snapshot must be an object"),
        Arguments.of("{\"snapshot\":\"\"}", "snapshot must be an object"),
        Arguments.of(
            "{\"snapshot\":{}}",
            "missing property \"snapshot.name\"; missing property \"snapshot.cluster_id\""),
        Arguments.of("{\"snapshot\":{\"name\":1" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":1.5" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":true" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":null" + rest, "snapshot.name must not be null"),
        Arguments.of("{\"snapshot\":{\"name\":[\"abcd\"]" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":{}" + rest, "snapshot.name must be a string"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":null" + rest,
            "snapshot.description must not be null"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":1" + rest,
            "snapshot.description must be a string"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":\"\\ud800\"" + rest,
            "unpaired surrogate"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":\"\\udc00\\ud800\"" + rest,
            "unpaired surrogate"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":\"\\u0000\"" + rest, "U+0000"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"descripton\":\"x\"" + rest,
            "unknown property \"snapshot.descripton\"; allowed: cluster_id, description, name"),
        Arguments.of(
            "{\"snapshot\":{\"Name\":\"abcd\"" + rest, "unknown property \"snapshot.Name\""),
        Arguments.of(
            "{\"more\":1,\"snapshot\":{\"name\":\"abcd\"" + rest,
            "unknown property \"more\"; allowed: snapshot"),
        Arguments.of(
            "{\"snapshot\":{\"name\":" + "1".repeat(5000) + rest,
            "name or number in it is too long"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"name\":\"abcd\"" + rest,
            "duplicate property \"name\""),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"na\\u006de\":\"abcd\"" + rest,
            "duplicate property \"name\""),
        Arguments.of(body("twice-1") + body("twice-2"), "text after the JSON object"),
        Arguments.of(body("tail-1") + " x", "not JSON"),
        Arguments.of(body("tail-2") + "]", "not JSON"),
        Arguments.of("{\"snapshot\":" + "[".repeat(5000), "snapshot must be an object"),
        Arguments.of("{\"x\":" + "[".repeat(5000), "unknown property \"x\""),
        Arguments.of("\ufeff" + body("bom-1"), "byte order mark"),
        Arguments.of("{'snapshot':1}", "not JSON"),
        Arguments.of("{\"snapshot\":{\"name\":\"abcd\" /* */" + rest, "not JSON"),
        Arguments.of("{\"snapshot\":{\"name\":\"ab\ncd\"" + rest, "not JSON"));
  }

  @ParameterizedTest
  @MethodSource("invalidBodies")
  void invalidBodyReturns400WithTheReason(String body, String fault) {
    HttpResponse<String> response = post(body);
    assertEquals(INVALID_REQUEST, outcome(response));
    assertTrue(message(response).contains(fault), message(response));
  }

  static Stream<byte[]> bodiesNotInUtf8() {
    return Stream.of(
        body("utf-16").getBytes(StandardCharsets.UTF_16),
        body("utf-16be").getBytes(StandardCharsets.UTF_16BE),
        body("utf-16le").getBytes(StandardCharsets.UTF_16LE),
        describedBytes(0xff), // never valid in UTF-8
        describedBytes(0xe4), // ä in ISO-8859-1
        describedBytes(0xc0, 0xaf), // a slash, overlong
        describedBytes(0xed, 0xa0, 0x80), // a surrogate, encoded
        describedBytes(0xf4, 0x90, 0x80, 0x80), // past U+10FFFF
        describedBytes(0x00));
  }

  private static byte[] describedBytes(int... bytes) {
    StringBuilder description = new StringBuilder();
    IntStream.of(bytes).forEach(b -> description.append((char) b));
    return "{\"snapshot\":{\"name\":\"%s\",\"cluster_id\":\"%s\",\"description\":\"%s\"}}"
        .formatted(freshName(), CLUSTER, description)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @MethodSource("bodiesNotInUtf8")
  void bodyNotInUtf8Returns400(byte[] body) {
    assertEquals(INVALID_REQUEST, outcome(post(body)));
  }

  @Test
  void whitespaceAndMissingDescriptionAreAccepted() {
    assertEquals("200", outcome(post(" \r\n\t" + body(freshName()) + "\n ")));
  }

  @Test
  void longestDescriptionCanBeFullyEscaped() {
    String escaped = "\\ud83d\\ude00".repeat(256);
    assertEquals(
        "200",
        outcome(
            post(body(freshName()).replace("\"}}", "\",\"description\":\"" + escaped + "\"}}"))));
  }

  @Test
  void bodyOf16KiBIsAcceptedAndLongerReturns413() {
    String body = body(freshName());
    assertEquals("200", outcome(post(body + " ".repeat(16 * 1024 - body.length()))));
    String longer = body(freshName());
    assertEquals(
        "413 REF.0413", outcome(post(longer + " ".repeat(16 * 1024 + 1 - longer.length()))));
  }

  @Test
  void chunkedBodyOf16KiBIsAcceptedAndLongerReturns413() {
    assertEquals("200", outcome(sendChunked(16 * 1024)));
    assertEquals("413 REF.0413", outcome(sendChunked(16 * 1024 + 1)));
    assertEquals("413 REF.0413", outcome(sendChunked(1024 * 1024)));
  }

  private HttpResponse<String> sendChunked(int length) {
    String body = body(freshName());
    byte[] bytes = (body + " ".repeat(length - body.length())).getBytes(StandardCharsets.UTF_8);
    return send(
        request(SNAPSHOTS)
            .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes))));
  }
}
