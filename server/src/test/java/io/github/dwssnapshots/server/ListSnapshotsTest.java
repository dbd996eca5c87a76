package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.model.ListClusterSnapshotsResponse;
import io.github.dwssnapshots.client.model.SnapshotDetail;
import io.github.dwssnapshots.client.model.SortDir;
import io.github.dwssnapshots.client.model.SortKey;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lists of a project and of a cluster: order, pages and properties. */
class ListSnapshotsTest extends ServerTest {
  private static final int SNAPSHOTS_OF_CLUSTER = 12;
  private static final String OF_CLUSTER =
      "/v1.0/" + PROJECT + "/clusters/" + CLUSTER + "/snapshots";

  /** In the order of creation. */
  private final List<String> names = new ArrayList<>();

  @BeforeAll
  void create() throws ApiException {
    names.clear();
    for (int i = 0; i < SNAPSHOTS_OF_CLUSTER; i++) {
      String name = (i % 2 == 0 ? "List-" : "list-") + (char) ('a' + i * 5 % 12);
      names.add(name);
      create(PROJECT, CLUSTER, name);
      create(PROJECT, SECOND_CLUSTER, freshName());
    }
    create(OTHER_PROJECT, OTHER_CLUSTER, freshName());
  }

  private static List<String> names(List<SnapshotDetail> snapshots) {
    return snapshots.stream().map(SnapshotDetail::getName).toList();
  }

  private List<String> ids(HttpResponse<String> list) {
    return json(list).get("snapshots").findValuesAsText("id");
  }

  private List<String> newestFirst() {
    List<String> reversed = new ArrayList<>(names);
    Collections.reverse(reversed);
    return reversed;
  }

  private List<String> inAsciiOrder() {
    return names.stream().sorted(Comparator.comparing(n -> n.toLowerCase(Locale.ROOT))).toList();
  }

  private ListClusterSnapshotsResponse list(
      Integer limit, Integer offset, SortKey key, SortDir direction) throws ApiException {
    return client().listClusterSnapshots(PROJECT, CLUSTER, limit, offset, key, direction);
  }

  @Test
  void projectListCoversAllClustersNewestFirst() throws ApiException {
    List<String> ofBoth = names(client().listSnapshots(PROJECT).getSnapshots());
    assertEquals(2 * SNAPSHOTS_OF_CLUSTER, ofBoth.size());
    List<String> ofCluster = new ArrayList<>(ofBoth);
    ofCluster.retainAll(names);
    assertEquals(newestFirst(), ofCluster);
    assertEquals(1, client().listSnapshots(OTHER_PROJECT).getCount());
  }

  @Test
  void projectListIgnoresParameters() {
    List<String> all = ids(send(request(SNAPSHOTS).GET()));
    assertEquals(all, ids(send(request(SNAPSHOTS + "?limit=1&offset=x&sort_key=?").GET())));
  }

  @Test
  void clusterListNamesItsClusterAndIsNewestFirst() throws ApiException {
    ListClusterSnapshotsResponse list = list(null, null, null, null);
    assertEquals(PROJECT, list.getProjectId());
    assertEquals(CLUSTER, list.getClusterId());
    assertEquals(SNAPSHOTS_OF_CLUSTER, list.getCount());
    assertEquals(newestFirst(), names(list.getSnapshots()));
    assertTrue(list.getSnapshots().stream().allMatch(s -> s.getClusterId().equals(CLUSTER)));
  }

  @Test
  void listIsSortedByKeyAndDirection() throws ApiException {
    assertEquals(names, names(list(null, null, SortKey.STARTED, SortDir.ASC).getSnapshots()));
    assertEquals(newestFirst(), names(list(null, null, SortKey.STARTED, null).getSnapshots()));
    assertEquals(inAsciiOrder(), names(list(null, null, SortKey.NAME, SortDir.ASC).getSnapshots()));
    List<String> descending = new ArrayList<>(inAsciiOrder());
    Collections.reverse(descending);
    assertEquals(descending, names(list(null, null, SortKey.NAME, null).getSnapshots()));
  }

  @ParameterizedTest
  @CsvSource({
    "1,0,0,1",
    "1,11,11,12",
    "1,12,12,12",
    "5,0,0,5",
    "5,1,5,10",
    "5,2,10,12",
    "5,3,12,12",
    "12,0,0,12",
    "100,0,0,12",
    "100,1,12,12",
    "2147483647,0,0,12",
    "2147483647,2147483647,12,12"
  })
  void pageHasItsSnapshotsAndTheTotalCount(int limit, int offset, int from, int to)
      throws ApiException {
    ListClusterSnapshotsResponse page = list(limit, offset, null, null);
    assertEquals(newestFirst().subList(from, to), names(page.getSnapshots()));
    assertEquals(SNAPSHOTS_OF_CLUSTER, page.getCount());
    ListClusterSnapshotsResponse byName = list(limit, offset, SortKey.NAME, SortDir.ASC);
    assertEquals(inAsciiOrder().subList(from, to), names(byName.getSnapshots()));
  }

  @Test
  void withoutLimitOnlyPage0HasSnapshots() throws ApiException {
    assertEquals(SNAPSHOTS_OF_CLUSTER, list(null, 0, null, null).getSnapshots().size());
    ListClusterSnapshotsResponse another = list(null, 1, null, null);
    assertEquals(List.of(), another.getSnapshots());
    assertEquals(SNAPSHOTS_OF_CLUSTER, another.getCount());
  }

  /** Lists are written by hand, without generated classes. */
  @Test
  void listHasThePropertiesOfTheContract() throws IOException {
    JsonNode schemas = new YAMLMapper().readTree(Contract.FILE.toFile()).at("/components/schemas");
    Map<String, String> lists =
        Map.of(SNAPSHOTS, "ListSnapshotsResponse", OF_CLUSTER, "ListClusterSnapshotsResponse");
    lists.forEach(
        (path, schema) -> {
          List<String> expected = new ArrayList<>();
          schemas.at("/" + schema + "/properties").fieldNames().forEachRemaining(expected::add);
          List<String> sent = new ArrayList<>();
          json(send(request(path).GET())).fieldNames().forEachRemaining(sent::add);
          assertEquals(expected, sent);
        });
  }

  @Test
  void headReturnsTheHeadersOfGet() throws InterruptedException {
    while (send(request(SNAPSHOTS).GET()).body().contains("CREATING")) {
      Thread.sleep(100); // otherwise a list can change between two requests
    }
    for (String path : List.of(SNAPSHOTS, OF_CLUSTER, OF_CLUSTER + "?limit=1")) {
      HttpResponse<String> head = send(request(path).method("HEAD", BodyPublishers.noBody()));
      assertEquals(200, head.statusCode());
      assertEquals("", head.body());
      assertEquals("application/json", head.headers().firstValue("Content-Type").orElse(""));
      String length = String.valueOf(send(request(path).GET()).body().length());
      assertEquals(length, head.headers().firstValue("Content-Length").orElse(length));
    }
  }
}
