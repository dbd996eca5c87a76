package io.github.dwssnapshots.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.access.RequestSignature.Signed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests as three real clients sent them. */
class RequestSignatureTest {
  /** A captured request; its parts can be replaced. */
  private record Captured(JsonNode json, Map<String, List<String>> headers) {
    static Captured of(JsonNode json) {
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      json.path("headers")
          .properties()
          .forEach(header -> headers.put(header.getKey(), List.of(header.getValue().asText())));
      return new Captured(json, headers);
    }

    Captured with(String name, String... values) {
      Map<String, List<String>> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      changed.putAll(headers);
      changed.put(name, List.of(values));
      return new Captured(json, changed);
    }

    Captured replacing(String header, String old, String changed) {
      String value = headers.get(header).get(0);
      assertTrue(value.contains(old), value);
      return with(header, value.replace(old, changed));
    }

    Instant sent() {
      String date = json.path("headers").path("X-Sdk-Date").asText();
      return Instant.parse(date.replaceFirst("(....)(..)(..)T(..)(..)(..)Z", "$1-$2-$3T$4:$5:$6Z"));
    }

    boolean isValid(Instant now) {
      return isValid(now, json.path("method").asText(), json.path("target").asText(), body());
    }

    String body() {
      return json.path("body").asText();
    }

    boolean isValid(Instant now, String method, String target, String body) {
      String[] parts = target.split("\\?", 2);
      Signed request =
          new Signed(
              method,
              parts[0],
              parts.length > 1 ? parts[1] : "",
              name -> headers.getOrDefault(name, List.of()),
              Tenancy.sha256(body.getBytes(StandardCharsets.UTF_8)));
      return RequestSignature.parse(headers.get("Authorization").get(0))
          .filter(signature -> signature.accessKey().equals(json.path("ak").asText()))
          .filter(signature -> signature.isValid(request, json.path("sk").asText(), now))
          .isPresent();
    }

    @Override
    public String toString() {
      return json.path("id").asText();
    }
  }

  static List<Captured> captured() throws IOException {
    try (InputStream in =
        RequestSignatureTest.class.getResourceAsStream("/access/signing-vectors.json")) {
      List<Captured> all = new ArrayList<>();
      new ObjectMapper().readTree(in).forEach(json -> all.add(Captured.of(json)));
      return all;
    }
  }

  static List<Captured> valid() throws IOException {
    return captured().stream().filter(c -> c.json().path("valid").asBoolean()).toList();
  }

  @ParameterizedTest
  @MethodSource("captured")
  void capturedRequestIsValidIfItsKeyIsRight(Captured request) {
    assertEquals(request.json().path("valid").asBoolean(), request.isValid(request.sent()));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void changedRequestIsInvalid(Captured request) {
    Instant sent = request.sent();
    String method = request.json().path("method").asText();
    String target = request.json().path("target").asText();
    assertFalse(request.isValid(sent, "PUT", target, request.body()), "method");
    assertFalse(request.isValid(sent, method, target + "x", request.body()), "path");
    assertFalse(request.isValid(sent, method, target + "?limit=1", request.body()), "query");
    assertFalse(request.isValid(sent, method, target, request.body() + " "), "body");
    assertFalse(request.with("User-Agent", "x").isValid(sent), "changed header");
    assertFalse(request.with("User-Agent").isValid(sent), "removed header");
    String agent = request.headers().get("User-Agent").get(0);
    assertFalse(request.with("User-Agent", agent, agent).isValid(sent), "repeated header");
    assertFalse(request.with("X-Sdk-Content-Sha256", "UNSIGNED").isValid(sent), "other hash");
    assertTrue(request.with("X-Other", "x").isValid(sent), "header that is not signed");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void dateIsSignedAndAtMost15MinutesAway(Captured request) {
    Instant sent = request.sent();
    Duration limit = Duration.ofMinutes(15);
    assertTrue(request.isValid(sent.plus(limit)) && request.isValid(sent.minus(limit)));
    assertFalse(request.isValid(sent.plus(limit).plusSeconds(1)), "late");
    assertFalse(request.isValid(sent.minus(limit).minusSeconds(1)), "early");
    assertFalse(request.replacing("Authorization", ";x-sdk-date", "").isValid(sent), "unsigned");
    String date = request.headers().get("X-Sdk-Date").get(0);
    assertFalse(request.with("X-Sdk-Date", date, date).isValid(sent), "two dates");
    for (String none : List.of("", "20260230T000000Z", "20261122T250000Z", "tomorrow")) {
      assertFalse(request.with("X-Sdk-Date", none).isValid(sent), none);
    }
  }

  /** Signs a canonical query, and the date once for each time it is named. */
  private static boolean isValid(String canonicalQuery, String sentQuery, String names)
      throws Exception {
    String date = "20261122T000000Z";
    String hash = Tenancy.sha256(new byte[0]);
    String canonical =
        "GET\n/p/\n"
            + canonicalQuery
            + "\n"
            + ("x-sdk-date:" + date + "\n").repeat(names.split(";", -1).length)
            + "\n"
            + names
            + "\n"
            + hash;
    String toSign =
        "SDK-HMAC-SHA256\n"
            + date
            + "\n"
            + Tenancy.sha256(canonical.getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature =
        HexFormat.of().formatHex(mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8)));
    Signed request =
        new Signed(
            "GET",
            "/p",
            sentQuery,
            name -> name.equals("x-sdk-date") ? List.of(date) : List.of(),
            hash);
    return RequestSignature.parse(
            "SDK-HMAC-SHA256 Access=key, SignedHeaders=" + names + ", Signature=" + signature)
        .orElseThrow()
        .isValid(request, "secret", Instant.parse("2026-11-22T00:00:00Z"));
  }

  @Test
  void queryIsSortedByKeyAndDecodedAsItIsExecuted() throws Exception {
    assertTrue(isValid("limit=1&limit2=2", "limit2=2&limit=1", "x-sdk-date"));
    assertTrue(isValid("a=1%202", "a=1+2", "x-sdk-date"));
    assertFalse(isValid("a=1%2B2", "a=1+2", "x-sdk-date"));
    assertTrue(isValid("a=1%2B2", "a=1%2b2", "x-sdk-date"));
  }

  @Test
  void headerIsNamedOnce() throws Exception {
    assertFalse(isValid("", "", "x-sdk-date;x-sdk-date"));
    assertFalse(isValid("", "", "x-sdk-date;X-Sdk-Date"));
  }
}
