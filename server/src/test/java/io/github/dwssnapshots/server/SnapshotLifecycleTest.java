package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.model.ListSnapshotsResponse;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.client.model.SnapshotDetail;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lifecycle of a snapshot: create, wait, list, show and delete. */
class SnapshotLifecycleTest extends ServerTest {
  private SnapshotDetail show(String id) throws ApiException {
    return client().showSnapshot(PROJECT, id).getSnapshot();
  }

  private HttpResponse<String> delete(String id) {
    return send(request(SNAPSHOTS + "/" + id).DELETE());
  }

  private HttpResponse<String> get(String id) {
    return send(request(SNAPSHOTS + "/" + id).GET());
  }

  @Test
  void snapshotBecomesAvailableAndCanBeDeleted() throws Exception {
    Instant before = Instant.now().minusSeconds(1);
    String name = freshName();
    String id =
        create(PROJECT, new Snapshot().name(name).clusterId(SECOND_CLUSTER).description("d"));
    SnapshotDetail creating = show(id);
    assertEquals("CREATING", creating.getStatus());
    assertEquals(null, creating.getFinished());
    assertFalse(json(get(id)).at("/snapshot").has("finished"), "the property is absent, not null");
    SnapshotDetail available = creating;
    for (int i = 0; i < 100 && available.getStatus().equals("CREATING"); i++) {
      Thread.sleep(100);
      available = show(id);
    }
    for (String time : List.of(available.getStarted(), available.getFinished())) {
      assertTrue(time.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"), time);
    }
    Instant started = Instant.parse(available.getStarted());
    assertTrue(started.isAfter(before) && started.isBefore(Instant.now()), started.toString());
    assertEquals(started.plus(Duration.ofSeconds(2)), Instant.parse(available.getFinished()));
    assertEquals(
        new SnapshotDetail()
            .id(id)
            .name(name)
            .description("d")
            .started(creating.getStarted())
            .finished(available.getFinished())
            .size(0.5)
            .status("AVAILABLE")
            .type("MANUAL")
            .clusterId(SECOND_CLUSTER),
        available);
    ListSnapshotsResponse list = client().listSnapshots(PROJECT);
    assertTrue(list.getSnapshots().contains(available));
    assertEquals(list.getSnapshots().size(), list.getCount());
    client().deleteSnapshot(PROJECT, id);
    assertEquals(404, assertThrows(ApiException.class, () -> show(id)).getCode());
    assertTrue(
        client().listSnapshots(PROJECT).getSnapshots().stream()
            .noneMatch(s -> s.getId().equals(id)));
  }

  @Test
  void failedCreationEndsAsUnavailable() throws Exception {
    String id = create(PROJECT, FAILING_CLUSTER, freshName());
    SnapshotDetail polled = show(id);
    for (int i = 0; i < 100 && polled.getStatus().equals("CREATING"); i++) {
      Thread.sleep(20);
      polled = show(id);
    }
    assertEquals("UNAVAILABLE", polled.getStatus());
    assertNotNull(polled.getFinished());
    client().deleteSnapshot(PROJECT, id);
    assertEquals("404 DWS.5149", outcome(get(id)));
  }

  @Test
  void deletionReturns202AndASecondOne404() throws Exception {
    String name = freshName();
    String id = create(PROJECT, CLUSTER, name); // deletion is allowed while CREATING
    HttpResponse<String> deleted = delete(id);
    assertEquals(202, deleted.statusCode());
    assertEquals("", deleted.body());
    assertEquals("0", deleted.headers().firstValue("Content-Length").orElse(""));
    assertTrue(deleted.headers().firstValue("Content-Type").isEmpty());
    assertTrue(deleted.headers().firstValue("X-Request-Id").isPresent());
    assertEquals("404 DWS.5149", outcome(delete(id)));
    assertEquals("404 DWS.5149", outcome(get(id)));
    assertNotEquals(
        id, create(PROJECT, CLUSTER, name.toUpperCase(Locale.ROOT)), "the name is free");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "00000000-0000-0000-0000-000000000000",
        "%00",
        "%2F",
        "..%2f",
        ";x",
        "%20",
        "%ff",
        "%F0%9F%98%80",
        "'%20OR%20''%3D'"
      })
  void unknownIdReturns404(String id) {
    assertEquals("404 DWS.5149", outcome(get(id)));
    assertEquals("404 DWS.5149", outcome(delete(id)));
  }

  @Test
  void similarIdReturns404() throws Exception {
    String id = create(PROJECT, CLUSTER, freshName());
    for (String other :
        List.of(id.toUpperCase(Locale.ROOT), id + "0", id.substring(1), "%20" + id, id + "%00")) {
      assertEquals("404 DWS.5149", outcome(get(other)), other);
    }
    assertEquals(
        "404 DWS.5149",
        outcome(send(request("/v1.0/" + OTHER_PROJECT + "/snapshots/" + id).GET())));
    assertEquals("404 REF.0404", outcome(get(id + "/")));
    assertEquals("200", outcome(get(id + "?x=y")));
  }

  @Test
  void headReturnsTheHeadersOfGet() throws Exception {
    String id = create(PROJECT, CLUSTER, freshName());
    HttpResponse<String> head =
        send(request(SNAPSHOTS + "/" + id).method("HEAD", BodyPublishers.noBody()));
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals(
        String.valueOf(get(id).body().length()),
        head.headers().firstValue("Content-Length").orElse(""));
    HttpResponse<String> none =
        send(request(SNAPSHOTS + "/none").method("HEAD", BodyPublishers.noBody()));
    assertEquals(404, none.statusCode());
  }

  @Test
  void checksRunInOrder() throws Exception {
    String id = create(PROJECT, CLUSTER, freshName());
    for (String path : List.of(SNAPSHOTS + "/" + id, SNAPSHOTS + "/none")) {
      assertEquals("401 APIGW.0301", outcome(send(request(path).setHeader("X-Auth-Token", "x"))));
      assertEquals(
          "405 REF.0405",
          outcome(
              send(
                  request(path)
                      .setHeader("X-Auth-Token", OTHER_TOKEN)
                      .method("PATCH", BodyPublishers.noBody()))));
      assertEquals(
          "403 APIGW.0302",
          outcome(send(request(path).setHeader("X-Auth-Token", OTHER_TOKEN).DELETE())));
      assertEquals(
          "406 REF.0406", outcome(send(request(path).header("Accept", "text/html").GET())));
    }
    assertEquals(
        "200", outcome(send(request(SNAPSHOTS + "/" + id).header("Content-Type", "text/x"))));
  }

  static Stream<String> texts() {
    return Stream.of(
        "",
        " ",
        "\u0001\u0008\t\n\r\u001f\u007f\u0080\u0085\u00a0",
        "Zeilen\r\nund äöü ß 中文 \u05d0\u200f\u202e",
        "\u2028\u2029\ufeff\ufffd\ufffe\uffff",
        "\ud83d\ude00".repeat(256),
        "\ud800\udc00\udbff\udfff", // U+10000 and U+10FFFF
        "e\u0301 \u00e9", // not in one normalization form
        "\\u0041 \\n \\",
        "/ # $ % ( ) * + , - . : ; ? @ [ ] ^ _ ` { | } ~");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void descriptionIsReturnedUnchanged(String text) throws Exception {
    String id =
        create(PROJECT, new Snapshot().name(freshName()).clusterId(CLUSTER).description(text));
    assertEquals(text, show(id).getDescription());
    JsonNode inList =
        Stream.of(json(send(request(SNAPSHOTS).GET())).get("snapshots"))
            .flatMap(list -> Stream.iterate(0, i -> i < list.size(), i -> i + 1).map(list::get))
            .filter(snapshot -> snapshot.get("id").asText().equals(id))
            .findFirst()
            .orElseThrow();
    assertEquals(text, inList.get("description").asText());
    text.codePoints()
        .filter(c -> c > 0x9f)
        .forEach(c -> assertTrue(get(id).body().contains(Character.toString(c)), "not escaped"));
  }
}
