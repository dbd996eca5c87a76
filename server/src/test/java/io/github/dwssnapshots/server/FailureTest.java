package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.jakarta.rs.json.JacksonJsonProvider;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.http.FailureMapper;
import io.github.dwssnapshots.server.http.HttpFront;
import io.github.dwssnapshots.server.http.Json;
import io.github.dwssnapshots.server.storage.StoreException;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** All failures that a client can see, from each part of the server. */
class FailureTest extends ServerTest {
  private static final InetSocketAddress LISTEN =
      InetSocketAddress.createUnresolved("127.0.0.1", 0);

  private static final String AUTH = "Host: x\r\nX-Auth-Token: " + TOKEN + "\r\n";
  private static final String POST = "POST " + SNAPSHOTS + " HTTP/1.1\r\n" + AUTH;

  @Override
  Bounds bounds() {
    return withShortReceiveTimeout();
  }

  private record Failing(ErrorCode code, String request) {}

  private static String with(String body) {
    return POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static List<Failing> failures() {
    return List.of(
        new Failing(ErrorCode.INVALID_REQUEST, with("{}")),
        new Failing(ErrorCode.NAME_TAKEN, with(body("taken"))),
        new Failing(ErrorCode.NOT_AUTHENTICATED, with("{}").replace("X-Auth-Token", "X-Other")),
        new Failing(ErrorCode.NOT_PERMITTED, with("{}").replace(PROJECT, "another")),
        new Failing(ErrorCode.CLUSTER_NOT_FOUND, with(body("abcd").replace(CLUSTER, "none"))),
        new Failing(
            ErrorCode.SNAPSHOT_NOT_FOUND,
            "GET " + SNAPSHOTS + "/none HTTP/1.1\r\n" + AUTH + "\r\n"),
        new Failing(ErrorCode.MALFORMED_HTTP, "x y z\r\n\r\n"),
        new Failing(ErrorCode.PATH_NOT_FOUND, with("{}").replace("/snapshots", "/snapshot")),
        new Failing(ErrorCode.METHOD_NOT_ALLOWED, with("{}").replace("POST", "PUT")),
        new Failing(
            ErrorCode.NOT_ACCEPTABLE, with("{}").replace(AUTH, AUTH + "Accept: text/html\r\n")),
        new Failing(ErrorCode.REQUEST_TIMEOUT, POST),
        new Failing(ErrorCode.CONTENT_TOO_LARGE, POST + "Content-Length: 99999\r\n\r\n"),
        new Failing(ErrorCode.TARGET_TOO_LONG, "GET /" + "x".repeat(70_000)),
        new Failing(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            with("{}").replace(AUTH, AUTH + "Content-Type: text/plain\r\n")),
        new Failing(ErrorCode.EXPECTATION_FAILED, POST + "Expect: x\r\n\r\n"),
        new Failing(ErrorCode.HEADER_TOO_LARGE, POST + "A: " + "x".repeat(70_000)),
        new Failing(ErrorCode.NOT_IMPLEMENTED, with("{}").replace("POST", "BREW")),
        new Failing(
            ErrorCode.HTTP_VERSION_NOT_SUPPORTED, with("{}").replace("HTTP/1.1", "HTTP/3.0")));
  }

  /** Caused by no request: a defect and a storage failure. */
  private static final Set<ErrorCode> NOT_BY_REQUEST =
      EnumSet.of(ErrorCode.INTERNAL, ErrorCode.UNAVAILABLE);

  @TestFactory
  Collection<DynamicTest> eachFailureReturnsTheErrorBody() throws IOException {
    post(body("taken"));
    Set<ErrorCode> covered = EnumSet.copyOf(NOT_BY_REQUEST);
    List<DynamicTest> tests = new ArrayList<>();
    for (Failing failing : failures()) {
      covered.add(failing.code());
      tests.add(DynamicTest.dynamicTest(failing.code().name(), () -> check(failing)));
    }
    assertEquals(EnumSet.allOf(ErrorCode.class), covered);
    return tests;
  }

  private void check(Failing failing) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer = peer.send(failing.request()).answer();
      assertErrorBody(failing.code(), answer);
      assertEquals(
          failing.code() == ErrorCode.NOT_AUTHENTICATED,
          answer.headers().containsKey("www-authenticate"));
      assertEquals(
          failing.code() == ErrorCode.METHOD_NOT_ALLOWED, answer.headers().containsKey("allow"));
      assertFalse(answer.headers().containsKey("retry-after"));
      assertFalse(answer.headers().containsKey("server"));
    }
  }

  private void assertErrorBody(ErrorCode code, Answer answer) throws IOException {
    JsonNode body = json.readTree(answer.body());
    Set<String> members = new TreeSet<>();
    body.fieldNames().forEachRemaining(members::add);
    assertEquals(Set.of("error_code", "error_msg"), members);
    assertEquals(code.status(), answer.status());
    assertEquals(code.code(), body.path("error_code").textValue());
    assertTrue(body.path("error_msg").textValue().startsWith(code.message("")), answer.body());
    assertTrue(
        body.path("error_msg").textValue().length() > code.message("").length(), answer.body());
    assertFalse(
        answer
            .body()
            .matches("(?is).*(exception|grizzly|jersey|jackson|sqlite|postgres|psql|java\\.).*"),
        answer.body());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertTrue(answer.headers().get("date").endsWith("GMT"), answer.toString());
    String id = answer.headers().get("x-request-id");
    assertEquals(id, UUID.fromString(id).toString());
  }

  /** Fails each request as its path says. */
  @Path("/{way}")
  public static final class Broken {
    @GET
    public CompletionStage<String> end(@PathParam("way") String way) {
      return switch (way) {
        case "throws" -> throw new IllegalStateException("secret detail");
        case "error" -> throw new StackOverflowError("secret detail");
        case "later" ->
            CompletableFuture.supplyAsync(
                () -> {
                  throw new IllegalStateException("secret detail");
                });
        case "wrapped" ->
            CompletableFuture.completedFuture("x")
                .thenApply(
                    x -> {
                      throw new java.util.concurrent.CompletionException(
                          new IOException("secret detail"));
                    });
        case "full" ->
            CompletableFuture.failedFuture(
                new StoreException(Outcome.NOTHING_CHANGED, "secret detail"));
        case "unknown" ->
            CompletableFuture.failedFuture(new StoreException(Outcome.UNKNOWN, "secret detail"));
        default -> throw new IllegalArgumentException(way);
      };
    }
  }

  @Test
  void defectIsLoggedAndHiddenFromTheClient() throws IOException {
    ObjectMapper mapper = Json.mapper();
    ResourceConfig application =
        new ResourceConfig(Broken.class)
            .register(new JacksonJsonProvider(mapper))
            .register(new FailureMapper());
    try (RecordedLog log = new RecordedLog("io.github.dwssnapshots.server");
        HttpFront front =
            HttpFront.start(
                LISTEN,
                Optional.empty(),
                application,
                ServerTest.openAddresses(mapper),
                Optional.empty(),
                mapper,
                Bounds.ofProcess(false))) {
      for (String way : List.of("throws", "error", "later", "wrapped")) {
        log.records().clear();
        Answer answer = get(front, way);
        assertErrorBody(ErrorCode.INTERNAL, answer);
        assertEquals(
            example("InternalError/content/application~1json/examples/defect"), answer.body());
        assertFalse(answer.body().contains("secret"), answer.body());
        String id = answer.headers().get("x-request-id");
        assertTrue(
            log.records().stream()
                .anyMatch(r -> r.getThrown() != null && r.getMessage().contains(id)),
            way);
      }
      for (String way : List.of("full", "unknown")) {
        Answer answer = get(front, way);
        assertErrorBody(ErrorCode.UNAVAILABLE, answer);
        String example = way.equals("unknown") ? "unknown" : "unchanged";
        assertEquals(
            example("Unavailable/content/application~1json/examples/" + example), answer.body());
        assertEquals("1", answer.headers().get("retry-after"));
        assertEquals(way.equals("unknown"), answer.body().contains("the outcome is unknown"));
      }
    }
  }

  private static String example(String pointer) {
    return Contract.read().at("/components/responses/" + pointer + "/value").toString();
  }

  private static Answer get(HttpFront front, String way) throws IOException {
    try (RawPeer peer = new RawPeer(front.uri())) {
      return peer.send("GET /" + way + " HTTP/1.1\r\nHost: x\r\n\r\n").answer();
    }
  }
}
