package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are signed with an access key, as three real clients sent them. */
class SignedRequestTest extends ServerTest {
  private static final String SIGNED_PROJECT = "a4da6116f9a24a7a9d3b8c2c5f3e1b00";
  private static final String ACCESS_KEY = "HPUAPROBEAK000000001";
  private static final String SECRET_KEY = "probeSecretKey0000000000000000000000000001";
  private static final String MESSAGE =
      "{\"error_code\":\"APIGW.0301\",\"error_msg\":\"Authentication failed: the signature in the"
          + " Authorization header is not valid\"}";

  @Override
  Clock clock() {
    return Clock.fixed(Instant.parse("2026-11-22T01:00:00Z"), ZoneOffset.UTC);
  }

  @Override
  Tenancy served() {
    EnumSet<Action> all = EnumSet.allOf(Action.class);
    return Tenancy.of(
        List.of(
            new Project(
                SIGNED_PROJECT,
                List.of(new Cluster(CLUSTER, "first")),
                List.of(
                    Credential.ofAccessKey("signer", ACCESS_KEY, SECRET_KEY, all),
                    Credential.ofToken("token", TOKEN, all)))));
  }

  static List<JsonNode> captured() throws IOException {
    try (InputStream in =
        SignedRequestTest.class.getResourceAsStream("/access/signing-vectors.json")) {
      List<JsonNode> all = new ArrayList<>();
      new ObjectMapper().readTree(in).forEach(all::add);
      return all;
    }
  }

  /** A captured request as its client sent it. */
  private static String request(JsonNode captured) {
    StringBuilder request = new StringBuilder(1024);
    request.append(captured.path("method").asText()).append(' ');
    request.append(captured.path("target").asText()).append(" HTTP/1.1\r\n");
    captured
        .path("headers")
        .properties()
        .forEach(
            header ->
                request
                    .append(header.getKey())
                    .append(": ")
                    .append(header.getValue().asText())
                    .append("\r\n"));
    String body = captured.path("body").asText();
    request.append("\r\n");
    return captured.path("headers").has("Transfer-Encoding")
        ? request + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"
        : request + body;
  }

  private Answer answer(String request) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      return peer.send(request).answer();
    }
  }

  @ParameterizedTest
  @MethodSource("captured")
  void capturedRequestIsAuthenticatedIfItsKeyIsRight(JsonNode captured) throws IOException {
    Answer answer = answer(request(captured));
    if (captured.path("valid").asBoolean()) {
      assertNotEquals(401, answer.status(), answer.body());
    } else {
      assertEquals("401 " + MESSAGE, answer.status() + " " + answer.body());
    }
  }

  /** Each replaces a part of a valid request. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "Signature=1|Signature=2",
        "Signature=16|Signature=F6",
        "HPUAPROBEAK000000001|HPUAPROBEAK000000002",
        ";x-sdk-date,|,",
        "SignedHeaders=host;|SignedHeaders=host;accept;",
        "Access=HPUAPROBEAK000000001|Credential=HPUAPROBEAK000000001/20261123///sdk_request",
        "Access=HPUAPROBEAK000000001|Credential=HPUAPROBEAK000000001/20261122///other_request",
        "SDK-HMAC-SHA256 Access|SDK-HMAC-SHA256 access",
        "20261122T005535Z|20261122T004459Z",
        "20261122T005535Z|20261122T011501Z",
        "20261122T005535Z|20260230T005535Z",
        "20261122T005535Z|now",
        "X-Sdk-Date: 20261122T005535Z|X-Sdk-Date: 20261122T005535ZCRLFX-Sdk-Date: 20261122T005535Z",
        "X-Sdk-Date: 20261122T005535ZCRLF|''",
        "Authorization:|Authorization: SDK-HMAC-SHA256 xCRLFAuthorization:",
        "Host: 127.0.0.1:18080|Host: 127.0.0.1:18081",
        "User-Agent: huaweicloud-usdk-java/3.0|User-Agent: other",
        "User-Agent:|X-User-Agent:",
        "X-Project-Id:|X-Project-Id: xCRLFX-Project-Id:",
        "Connection: Keep-Alive|X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD",
        "POST /v1.0|PUT /v1.0",
        "snapshots HTTP|snapshot HTTP",
        "snapshots HTTP|snapshots?limit=1 HTTP",
        "made by the Java SDK|made by the Java sdk"
      })
  void tamperedRequestGets401WithOneMessage(String part, String replacement) throws IOException {
    String valid = request(captured().get(0));
    String tampered =
        valid.replace(part.replace("CRLF", "\r\n"), replacement.replace("CRLF", "\r\n"));
    assertNotEquals(valid, tampered);
    Answer answer = answer(tampered);
    assertEquals("401 " + MESSAGE, answer.status() + " " + answer.body());
  }

  @Test
  void tokenWithSignatureGets401() throws IOException {
    String both =
        request(captured().get(10)).replace("Host:", "X-Auth-Token: " + TOKEN + "\r\nHost:");
    Answer answer = answer(both);
    assertEquals(401, answer.status());
    assertTrue(answer.body().contains("both a signature and the X-Auth-Token header"));
  }

  @Test
  void otherAuthorizationBesidesTokenIsIgnored() throws IOException {
    String basic =
        "GET /v1.0/" + SIGNED_PROJECT + "/snapshots HTTP/1.1\r\nHost: x\r\nX-Auth-Token: " + TOKEN;
    assertEquals(200, answer(basic + "\r\nAuthorization: Basic eDp4\r\n\r\n").status());
  }
}
