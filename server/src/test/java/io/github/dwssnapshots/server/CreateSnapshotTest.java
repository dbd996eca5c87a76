package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.JSON;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.ErrorResponse;
import io.github.dwssnapshots.client.model.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the documents for a creation, through the generated client. */
class CreateSnapshotTest extends ServerTest {
  private static final String EMOJI = "\ud83d\ude00";

  @Test
  void exampleOfTheDocumentsReturnsAUuid() throws ApiException {
    String id = create("snapshot-3", "Snapshot-3 description");
    assertEquals(UUID.fromString(id).toString(), id);
    assertTrue(id.matches("[0-9a-f-]{36}"), id);
  }

  static Stream<Arguments> validNames() {
    return Stream.of("abcd", "QWERTY", "a" + "1".repeat(63), "a-b_", "z---", "Z___", "a000")
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("validNames")
  void validNameIsAccepted(String name) throws ApiException {
    create(name, "");
  }

  static Stream<Arguments> invalidNames() {
    return Stream.of(
            "",
            "abc",
            "a" + "1".repeat(64),
            "1abc",
            "-abc",
            "_abc",
            "ab c",
            " abcd",
            "abcd ",
            "abcd\n",
            "abc.",
            "abc/",
            "abcä",
            "äbcd",
            "abc\u0661", // a digit, but not of ASCII
            "abc\uff21", // a letter, but not of ASCII
            "abc" + EMOJI,
            "abcd\u0000",
            "[bcd",
            "@bcd",
            "`bcd",
            "{bcd")
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("invalidNames")
  void invalidNameReturns400(String name) {
    assertEquals("400 DWS.0001", refusal(name, CLUSTER, "").outcome());
  }

  static Stream<Arguments> validDescriptions() {
    return Stream.of(
            "",
            "x".repeat(256),
            EMOJI.repeat(256),
            "line\nline\r\n\ttab",
            "äöü 中文 \u200f",
            "#$%()*+,-./:;?@[\\]^_`{|}~",
            "\u0001\u001f\u007f")
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("validDescriptions")
  void validDescriptionIsAccepted(String description) throws ApiException {
    create(freshName(), description);
  }

  static Stream<Arguments> invalidDescriptions() {
    return Stream.concat(
        "!<>'=&\"".chars().mapToObj(c -> Arguments.of("a" + (char) c + "b")),
        Stream.of("x".repeat(257), EMOJI.repeat(257), "nul\u0000").map(Arguments::of));
  }

  @ParameterizedTest
  @MethodSource("invalidDescriptions")
  void invalidDescriptionReturns400(String description) {
    assertEquals("400 DWS.0001", refusal(freshName(), CLUSTER, description).outcome());
  }

  @Test
  void invalidClusterIdReturns400And404IfUnknown() {
    assertEquals("400 DWS.0001", refusal(freshName(), "", "").outcome());
    for (String unknown :
        List.of("c", "c".repeat(1000), EMOJI.repeat(64), " ", "\n", "\u0000", "%2F")) {
      assertEquals("404 DWS.0047", refusal(freshName(), unknown, "").outcome());
    }
    assertEquals("404 DWS.0047", refusal(freshName(), OTHER_CLUSTER, "").outcome());
  }

  @Test
  void nameIsTakenInAnyCaseAndInAllClusters() throws ApiException {
    String name = freshName();
    create(name, "");
    assertEquals("400 REF.1001", refusal(name, CLUSTER, "").outcome());
    assertEquals("400 REF.1001", refusal(name.toUpperCase(Locale.ROOT), CLUSTER, "").outcome());
    assertEquals("400 REF.1001", refusal(name, SECOND_CLUSTER, "").outcome());
  }

  @Test
  void nameIsFreeInAnotherProject() throws ApiException {
    String name = freshName();
    create(name, "");
    client().createSnapshot(OTHER_PROJECT, request(name, OTHER_CLUSTER, ""));
  }

  @Test
  void allBrokenRulesAreReportedInOneResponse() {
    String message = refusal("3-", "", "a!b" + "x".repeat(256)).error().getErrorMsg();
    assertTrue(message.startsWith("Request error: "), message);
    assertTrue(
        message.contains("snapshot.name: \"3-\" has 2 characters (allowed: 4 to 64)"), message);
    assertTrue(message.contains("snapshot.name: \"3-\" must start with an ASCII letter"), message);
    assertTrue(message.contains("snapshot.cluster_id is empty"), message);
    assertTrue(
        message.contains("snapshot.description has 259 characters (allowed: at most 256)"),
        message);
    assertTrue(message.contains("snapshot.description: character 2 is \"!\""), message);
  }

  @Test
  void concurrentCreationsOfOneNameSucceedOnce() throws Exception {
    int clients = 16;
    int names = 20;
    List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      for (int i = 0; i < names; i++) {
        String name = freshName();
        CountDownLatch together = new CountDownLatch(clients);
        List<Future<?>> calls = new ArrayList<>();
        for (int c = 0; c < clients; c++) {
          boolean upper = c % 2 == 0;
          calls.add(
              threads.submit(
                  () -> {
                    together.countDown();
                    together.await();
                    return outcomes.add(
                        outcome(upper ? name.toUpperCase(Locale.ROOT) : name, CLUSTER, ""));
                  }));
        }
        for (Future<?> call : calls) {
          call.get();
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(names, Collections.frequency(outcomes, "200"));
    assertEquals(names * (clients - 1), Collections.frequency(outcomes, "400 REF.1001"));
  }

  private static CreateSnapshotBody request(String name, String cluster, String description) {
    return new CreateSnapshotBody()
        .snapshot(new Snapshot().name(name).clusterId(cluster).description(description));
  }

  private String create(String name, String description) throws ApiException {
    return client()
        .createSnapshot(PROJECT, request(name, CLUSTER, description))
        .getSnapshot()
        .getId();
  }

  private String outcome(String name, String cluster, String description) {
    try {
      client().createSnapshot(PROJECT, request(name, cluster, description));
      return "200";
    } catch (ApiException e) {
      return new Refusal(e.getCode(), error(e)).outcome();
    }
  }

  private record Refusal(int status, ErrorResponse error) {
    String outcome() {
      return status + " " + error.getErrorCode();
    }
  }

  private Refusal refusal(String name, String cluster, String description) {
    ApiException e =
        assertThrows(
            ApiException.class,
            () -> client().createSnapshot(PROJECT, request(name, cluster, description)));
    return new Refusal(e.getCode(), error(e));
  }

  private static ErrorResponse error(ApiException e) {
    try {
      return JSON.getDefault().getMapper().readValue(e.getResponseBody(), ErrorResponse.class);
    } catch (JsonProcessingException noErrorBody) {
      throw new AssertionError(e.getResponseBody(), noErrorBody);
    }
  }
}
