package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the documents leave open and the contract decides, as raw requests: the generated client
 * could not even send most of them.
 */
class ReadingsTest extends ServerTest {
  private static final String NOT_THE_SHAPE = "400 DWS.0001";

  // The body.

  static Stream<Arguments> bodiesOfAnotherShape() {
    String rest = ",\"cluster_id\":\"" + CLUSTER + "\"}}";
    return Stream.of(
        Arguments.of("", "the body is empty"),
        Arguments.of("null", "the body is null"),
        Arguments.of("[]", "the body must be an object"),
        Arguments.of("\"x\"", "the body must be an object"),
        Arguments.of("1", "the body must be an object"),
        Arguments.of("true", "the body must be an object"),
        Arguments.of("{", "ends before its JSON does"),
        Arguments.of("{}", "snapshot is missing"),
        Arguments.of("nul", "not JSON"),
        Arguments.of("{\"snapshot\":null}", "snapshot is null"),
        Arguments.of("{\"snapshot\":[]}", "snapshot must be an object"),
        Arguments.of("{\"snapshot\":\"\"}", "snapshot must be an object"),
        Arguments.of(
            "{\"snapshot\":{}}", "snapshot.name is missing; snapshot.cluster_id is missing"),
        Arguments.of("{\"snapshot\":{\"name\":1" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":1.5" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":true" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":null" + rest, "snapshot.name is null"),
        Arguments.of("{\"snapshot\":{\"name\":[\"abcd\"]" + rest, "snapshot.name must be a string"),
        Arguments.of("{\"snapshot\":{\"name\":{}" + rest, "snapshot.name must be a string"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"description\":null" + rest,
            "snapshot.description is null"),
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
            "snapshot.descripton is no member"),
        Arguments.of("{\"snapshot\":{\"Name\":\"abcd\"" + rest, "snapshot.\"Name\" is no member"),
        Arguments.of("{\"more\":1,\"snapshot\":{\"name\":\"abcd\"" + rest, "more is no member"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"name\":\"abcd\"" + rest,
            "the member name stands twice"),
        Arguments.of(
            "{\"snapshot\":{\"name\":\"abcd\",\"na\\u006de\":\"abcd\"" + rest,
            "the member name stands twice"),
        Arguments.of(body("twice-1") + body("twice-2"), "text after the JSON object"),
        Arguments.of(body("tail-1") + " x", "not JSON"),
        Arguments.of(body("tail-2") + "]", "not JSON"),
        Arguments.of("{\"snapshot\":" + "[".repeat(5000), "snapshot must be an object"),
        Arguments.of("{\"x\":" + "[".repeat(5000), "x is no member"),
        Arguments.of("\ufeff" + body("bom-1"), "byte order mark"),
        Arguments.of("{'snapshot':1}", "not JSON"),
        Arguments.of("{\"snapshot\":{\"name\":\"abcd\" /* */" + rest, "not JSON"),
        Arguments.of("{\"snapshot\":{\"name\":\"ab\ncd\"" + rest, "not JSON"));
  }

  @ParameterizedTest
  @MethodSource("bodiesOfAnotherShape")
  void aBodyOfAnotherShapeIsRefusedWithItsFault(String body, String fault) {
    HttpResponse<String> response = post(body);
    assertEquals(NOT_THE_SHAPE, outcome(response));
    assertTrue(message(response).contains(fault), message(response));
  }

  static Stream<byte[]> bodiesThatAreNotUtf8() {
    return Stream.of(
        body("utf-16").getBytes(StandardCharsets.UTF_16),
        body("utf-16be").getBytes(StandardCharsets.UTF_16BE),
        body("utf-16le").getBytes(StandardCharsets.UTF_16LE),
        describedBytes(0xff), // in no UTF-8 text
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
  @MethodSource("bodiesThatAreNotUtf8")
  void aBodyThatIsNotUtf8IsRefused(byte[] body) {
    assertEquals(NOT_THE_SHAPE, outcome(post(body)));
  }

  @Test
  void anAbsentDescriptionAndBlanksAroundTheJsonAreAllowed() {
    assertEquals("200", outcome(post(" \r\n\t" + body(freshName()) + "\n ")));
  }

  @Test
  void theLongestDescriptionMayBeEscapedThroughout() {
    String escaped = "\\ud83d\\ude00".repeat(256);
    assertEquals(
        "200",
        outcome(
            post(body(freshName()).replace("\"}}", "\",\"description\":\"" + escaped + "\"}}"))));
  }

  @Test
  void aBodyOf16KiBPassesAndOneByteMoreIs413() {
    String body = body(freshName());
    assertEquals("200", outcome(post(body + " ".repeat(16 * 1024 - body.length()))));
    String longer = body(freshName());
    assertEquals(
        "413 REF.0413", outcome(post(longer + " ".repeat(16 * 1024 + 1 - longer.length()))));
  }

  @Test
  void aChunkedBodyHasTheSameBound() {
    byte[] longer = (body(freshName()) + " ".repeat(1024 * 1024)).getBytes(StandardCharsets.UTF_8);
    HttpRequest.Builder chunked =
        request(SNAPSHOTS)
            .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(longer)));
    assertEquals("413 REF.0413", outcome(send(chunked)));
  }

  // The path and the query.

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";x=1",
        ";jsessionid=x",
        "%2F",
        "%00",
        "%2f..",
        "%20",
        "%ff",
        "%C3%A4",
        "x",
        "%3B"
      })
  void projectIdIsTakenLiterally(String suffix) {
    HttpRequest.Builder request =
        request("/v1.0/" + PROJECT + suffix + "/snapshots")
            .POST(BodyPublishers.ofString(body(freshName())));
    assertEquals("403 APIGW.0302", outcome(send(request)));
  }

  @Test
  void anEscapedProjectIdIsTheSame() {
    HttpRequest.Builder request =
        request(SNAPSHOTS.replace("/89", "/%389")).POST(BodyPublishers.ofString(body(freshName())));
    assertEquals("200", outcome(send(request)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SNAPSHOTS + "/",
        "/" + SNAPSHOTS,
        "/v1.0//" + PROJECT + "/snapshots",
        "/v1.0/" + PROJECT + "//snapshots",
        "/v1.0//snapshots",
        SNAPSHOTS + ";x=1",
        SNAPSHOTS + ";jsessionid=x",
        SNAPSHOTS + "/1/2",
        "/v1.0/" + PROJECT,
        "/v1.0/" + PROJECT + "/Snapshots",
        "/v1/" + PROJECT + "/snapshots",
        "/",
        "/application.wadl"
      })
  void anotherPathIs404(String path) {
    HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body(freshName())));
    assertEquals("404 REF.0404", outcome(send(request)));
  }

  @Test
  void unknownQueryParametersAreIgnored() {
    HttpRequest.Builder request =
        request(SNAPSHOTS + "?dry_run=true&x=%00&y")
            .POST(BodyPublishers.ofString(body(freshName())));
    assertEquals("200", outcome(send(request)));
  }

  /** Those that the contract does not have for the path; HEAD goes with GET. */
  static Stream<String> otherMethods() throws IOException {
    JsonNode path =
        new YAMLMapper()
            .readTree(new File(ContractHttpClient.CONTRACT))
            .at("/paths/~1v1.0~1{project_id}~1snapshots");
    return Stream.of("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
        .filter(method -> !path.has(method.replace("HEAD", "GET").toLowerCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @MethodSource("otherMethods")
  void anotherMethodIs405WithAllow(String method) {
    HttpResponse<String> response =
        send(request(SNAPSHOTS).method(method, BodyPublishers.noBody()));
    assertEquals(405, response.statusCode());
    List<String> allowed =
        List.of(response.headers().firstValue("Allow").orElse("").split(", ", -1));
    assertTrue(allowed.contains("POST") && !allowed.contains("OPTIONS"), allowed.toString());
    assertTrue(method.equals("HEAD") || outcome(response).equals("405 REF.0405"), response.body());
  }

  // The credential.

  @Test
  void aTokenThatIsMissingEmptyUnknownOrThereTwiceIs401() {
    HttpRequest.Builder none =
        HttpRequest.newBuilder(server.uri().resolve(SNAPSHOTS)).POST(BodyPublishers.ofString("{}"));
    HttpRequest.Builder empty = none.copy().header("X-Auth-Token", "");
    HttpRequest.Builder unknown = none.copy().header("X-Auth-Token", TOKEN + "x");
    HttpRequest.Builder twice =
        none.copy().header("X-Auth-Token", TOKEN).header("X-Auth-Token", TOKEN);
    for (HttpRequest.Builder request : List.of(none, empty, unknown, twice)) {
      HttpResponse<String> response = send(request);
      assertEquals("401 APIGW.0301", outcome(response));
      assertTrue(response.headers().firstValue("WWW-Authenticate").isPresent());
    }
  }

  @Test
  void withoutPermissionNothingCanBeLearnt() {
    String taken = freshName();
    post(body(taken));
    Stream<String> bodies =
        Stream.of(
            body(taken),
            body(freshName()),
            body(freshName()).replace(CLUSTER, "none"),
            "{}",
            "",
            "x");
    List<String> answers =
        bodies
            .flatMap(
                body ->
                    Stream.of(PROJECT, "no-such-project")
                        .map(project -> withoutPermission(project, body)))
            .map(response -> response.statusCode() + response.body())
            .distinct()
            .toList();
    assertEquals(1, answers.size(), answers.toString());
    assertTrue(answers.get(0).startsWith("403{\"error_code\":\"APIGW.0302\""), answers.get(0));
  }

  private HttpResponse<String> withoutPermission(String project, String body) {
    return send(
        request("/v1.0/" + project + "/snapshots")
            .setHeader("X-Auth-Token", OTHER_TOKEN)
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString(body)));
  }

  // The media types.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json; x=y"
      })
  void jsonInUtf8IsRead(String contentType) {
    assertEquals("200", outcome(send(post().header("Content-Type", contentType))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "application/*",
        "*/*",
        "json",
        "application/json/x",
        ";",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/json; charset"
      })
  void anotherContentTypeIs415(String contentType) {
    assertEquals("415 REF.0415", outcome(send(post().header("Content-Type", contentType))));
  }

  @Test
  void noContentTypeMeansJsonAndTwoOrACodingAre415() {
    assertEquals("200", outcome(send(post())));
    HttpRequest.Builder twice =
        post()
            .header("Content-Type", "application/json")
            .header("Content-Type", "application/json");
    assertEquals("415 REF.0415", outcome(send(twice)));
    assertEquals("415 REF.0415", outcome(send(post().header("Content-Encoding", "gzip"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "*/*",
        "application/*",
        "text/html, application/json;q=0.1",
        "text/html;q=1, */*;q=0.1",
        "application/json, */*;q=0"
      })
  void jsonIsAcceptable(String accept) {
    assertEquals("200", outcome(send(post().header("Accept", accept))));
  }

  @Test
  void whatHttpUrlConnectionAcceptsByDefaultIsAcceptable() throws Exception {
    // Two of its ranges are malformed, so that the validator would object to the request.
    HttpRequest request =
        post().header("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2").build();
    assertEquals(
        200, HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "application/json;q=0.000, */*",
        "x"
      })
  void whoCannotAcceptJsonGets406(String accept) {
    assertEquals("406 REF.0406", outcome(send(post().header("Accept", accept))));
  }

  private HttpRequest.Builder post() {
    return request(SNAPSHOTS).POST(BodyPublishers.ofString(body(freshName())));
  }

  // The order of the checks: of two faults the earlier one is told.

  @Test
  void theChecksHaveTheirOrder() {
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

  // The answer.

  @Test
  void aSuccessIsExactly200WithTheIdAlone() {
    HttpResponse<String> response = post(body(freshName()));
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    String id = json(response).path("snapshot").path("id").asText();
    assertEquals("{\"snapshot\":{\"id\":\"" + UUID.fromString(id) + "\"}}", response.body());
  }

  @Test
  void eachAnswerHasANewRequestIdThatIsNotTheClients() {
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
  void aMessageQuotesNoMoreThan64CharactersOfAValue() {
    String message = message(post(body("1" + "x".repeat(5000))));
    assertTrue(message.contains("\"1" + "x".repeat(63) + "…\""), message);
    assertFalse(message.contains("x".repeat(64)), message);
  }

  @Test
  void aMessageCanBeShownWhateverTheClientSent() {
    String message = message(post(body("a\\u001b[31m\\ud800\\u202e")));
    assertTrue(message.contains("\"a\\u001b[31m\\ud800\\u202e\""), message);
  }

  @Test
  void noAnswerNamesTheProduct() {
    for (HttpResponse<String> response :
        List.of(post(body(freshName())), post("x"), send(request("/").GET()))) {
      String all = response.headers().map() + response.body();
      assertFalse(
          all.matches("(?is).*(grizzly|jersey|jackson|java|sqlite|exception|\\bserver=).*"), all);
    }
  }
}
