package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths, methods and tokens. Uses raw requests, since the generated client cannot send most of
 * them.
 */
class RequestTest extends ServerTest {
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
  void projectIdWithASuffixReturns403(String suffix) {
    HttpRequest.Builder request =
        request("/v1.0/" + PROJECT + suffix + "/snapshots")
            .POST(BodyPublishers.ofString(body(freshName())));
    assertEquals("403 APIGW.0302", outcome(send(request)));
  }

  @Test
  void escapedProjectIdIsDecoded() {
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
  void unknownPathReturns404(String path) {
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

  /** The methods that the contract lacks for the path. HEAD is allowed where GET is. */
  static Stream<String> otherMethods() throws IOException {
    JsonNode path =
        new YAMLMapper()
            .readTree(Contract.FILE.toFile())
            .at("/paths/~1v1.0~1{project_id}~1snapshots");
    return Stream.of("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
        .filter(method -> !path.has(method.replace("HEAD", "GET").toLowerCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @MethodSource("otherMethods")
  void otherMethodReturns405WithAllow(String method) {
    HttpResponse<String> response =
        send(request(SNAPSHOTS).method(method, BodyPublishers.noBody()));
    assertEquals(405, response.statusCode());
    assertEquals("GET, HEAD, POST", response.headers().firstValue("Allow").orElse(""));
    assertEquals("405 REF.0405", outcome(response));
  }

  @ParameterizedTest
  @CsvSource({
    "/snapshots/x,POST,'DELETE, GET, HEAD'",
    "/snapshots/x,OPTIONS,'DELETE, GET, HEAD'",
    "/clusters/x/snapshots,POST,'GET, HEAD'",
    "/clusters/x/snapshots,DELETE,'GET, HEAD'"
  })
  void allowListsTheMethodsOfThePath(String path, String method, String allowed) {
    HttpResponse<String> response =
        send(request("/v1.0/" + PROJECT + path).method(method, BodyPublishers.noBody()));
    assertEquals("405 REF.0405", outcome(response));
    assertEquals(allowed, response.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void missingOrInvalidTokenReturns401() {
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
  void missingPermissionReturnsTheSame403() {
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
}
