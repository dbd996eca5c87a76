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
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of a project and that of a cluster, with everything that can be asked of them. */
class ListSnapshotsTest extends ServerTest {
  static List<DatabaseKind> kinds() {
    return List.of(DatabaseKind.values());
  }

  private static final int SNAPSHOTS_OF_CLUSTER = 12;
  private static final String OF_CLUSTER =
      "/v1.0/" + PROJECT + "/clusters/" + CLUSTER + "/snapshots";

  /** In the order of their creation. */
  private final List<String> names = new ArrayList<>();

  @BeforeParameterizedClassInvocation(injectArguments = false)
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
  void theListOfAProjectIsThatOfItsClustersNewestFirst() throws ApiException {
    List<String> ofBoth = names(client().listSnapshots(PROJECT).getSnapshots());
    assertEquals(2 * SNAPSHOTS_OF_CLUSTER, ofBoth.size());
    List<String> ofCluster = new ArrayList<>(ofBoth);
    ofCluster.retainAll(names);
    assertEquals(newestFirst(), ofCluster);
    assertEquals(1, client().listSnapshots(OTHER_PROJECT).getCount());
  }

  @Test
  void theListOfAProjectIgnoresWhatItDoesNotKnow() {
    List<String> all = ids(send(request(SNAPSHOTS).GET()));
    assertEquals(all, ids(send(request(SNAPSHOTS + "?limit=1&offset=x&sort_key=?").GET())));
  }

  @Test
  void theListOfAClusterSaysWhoseItIsAndComesNewestFirst() throws ApiException {
    ListClusterSnapshotsResponse list = list(null, null, null, null);
    assertEquals(PROJECT, list.getProjectId());
    assertEquals(CLUSTER, list.getClusterId());
    assertEquals(SNAPSHOTS_OF_CLUSTER, list.getCount());
    assertEquals(newestFirst(), names(list.getSnapshots()));
    assertTrue(list.getSnapshots().stream().allMatch(s -> s.getClusterId().equals(CLUSTER)));
  }

  @Test
  void eachOrderInEachDirection() throws ApiException {
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
  void aPageIsItsPartOfTheListAndTheCountThatOfAllPages(int limit, int offset, int from, int to)
      throws ApiException {
    ListClusterSnapshotsResponse page = list(limit, offset, null, null);
    assertEquals(newestFirst().subList(from, to), names(page.getSnapshots()));
    assertEquals(SNAPSHOTS_OF_CLUSTER, page.getCount());
    ListClusterSnapshotsResponse byName = list(limit, offset, SortKey.NAME, SortDir.ASC);
    assertEquals(inAsciiOrder().subList(from, to), names(byName.getSnapshots()));
  }

  @Test
  void withoutALimitAllAreOnPage0AndNoneOnAnother() throws ApiException {
    assertEquals(SNAPSHOTS_OF_CLUSTER, list(null, 0, null, null).getSnapshots().size());
    ListClusterSnapshotsResponse another = list(null, 1, null, null);
    assertEquals(List.of(), another.getSnapshots());
    assertEquals(SNAPSHOTS_OF_CLUSTER, another.getCount());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1.0",
        "limit=1e1",
        "limit=%2B1",
        "limit=01",
        "limit=%201",
        "limit=1%00",
        "limit=2147483648",
        "limit=99999999999999999999",
        "limit=%D9%A1", // a digit, but not of ASCII
        "limit",
        "limit=1&limit=1",
        "offset=",
        "offset=-1",
        "offset=x",
        "offset=2147483648",
        "offset=0&offset=0",
        "sort_key=",
        "sort_key=Started",
        "sort_key=id",
        "sort_key=size",
        "sort_key=started,name",
        "sort_key=name%20DESC",
        "sort_key=name&sort_key=name",
        "sort_dir=",
        "sort_dir=ASC",
        "sort_dir=up",
        "sort_dir=asc&sort_dir=desc"
      })
  void aBadValueIs400AndNamed(String query) {
    HttpResponse<String> response = send(request(OF_CLUSTER + "?" + query).GET());
    assertEquals("400 DWS.0001", outcome(response));
    String parameter = query.split("[=&]", 2)[0];
    assertTrue(message(response).contains(parameter + " "), message(response));
  }

  @Test
  void allBadValuesAreToldInOneAnswerWithWhatWouldBeRight() {
    assertEquals(
        "Request error: limit is given 2 times (allowed: once);"
            + " offset is \"x\" (allowed: a 32-bit integer, for example 10);"
            + " sort_key is \"id\" (allowed: started, name);"
            + " sort_dir is \"\" (allowed: asc, desc)",
        message(
            send(request(OF_CLUSTER + "?sort_dir=&limit=1&offset=x&sort_key=id&limit=0").GET())));
    assertEquals(
        "Request error: limit is 0 (allowed: at least 1); offset is -1 (allowed: at least 0)",
        message(send(request(OF_CLUSTER + "?limit=0&offset=-1").GET())));
  }

  @Test
  void aValueMayBeEscapedAndWhatIsUnknownIsIgnored() {
    JsonNode list =
        json(send(request(OF_CLUSTER + "?%6cimit=%31&limits=x&status=y&status=z&=&&").GET()));
    assertEquals(1, list.get("snapshots").size());
  }

  @Test
  void aClusterThatTheProjectDoesNotHaveIs404AfterTheParameters() {
    String other = OF_CLUSTER.replace(CLUSTER, OTHER_CLUSTER);
    assertEquals("404 DWS.0047", outcome(send(request(other).GET())));
    assertEquals("400 DWS.0001", outcome(send(request(other + "?limit=0").GET())));
    String none = OF_CLUSTER.replace(CLUSTER, "x".repeat(1000));
    assertEquals("404 DWS.0047", outcome(send(request(none).GET())));
  }

  @Test
  void theChecksHaveTheirOrderHereToo() {
    HttpRequest.Builder bad = request(OF_CLUSTER + "?limit=0&sort_key=x");
    assertEquals("400 DWS.0001", outcome(send(bad.copy().GET())));
    assertEquals("406 REF.0406", outcome(send(bad.copy().header("Accept", "text/html").GET())));
    assertEquals(
        "403 APIGW.0302",
        outcome(
            send(
                bad.copy()
                    .setHeader("X-Auth-Token", OTHER_TOKEN)
                    .header("Accept", "text/html")
                    .GET())));
  }

  /** The generator has no part in how a list is written. */
  @Test
  void aListHasTheMembersThatTheContractGivesIt() throws IOException {
    JsonNode schemas =
        new YAMLMapper().readTree(new File(ContractHttpClient.CONTRACT)).at("/components/schemas");
    Map<String, String> lists =
        Map.of(SNAPSHOTS, "ListSnapshotsResponse", OF_CLUSTER, "ListClusterSnapshotsResponse");
    lists.forEach(
        (path, schema) -> {
          List<String> told = new ArrayList<>();
          schemas.at("/" + schema + "/properties").fieldNames().forEachRemaining(told::add);
          List<String> sent = new ArrayList<>();
          json(send(request(path).GET())).fieldNames().forEachRemaining(sent::add);
          assertEquals(told, sent);
        });
  }

  @Test
  void headIsAnsweredAsGetWithoutTheBody() throws InterruptedException {
    while (send(request(SNAPSHOTS).GET()).body().contains("CREATING")) {
      Thread.sleep(100); // or a list could change between the two requests
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
