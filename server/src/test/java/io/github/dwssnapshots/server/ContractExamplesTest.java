package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dwssnapshots.server.Contract.Operation;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server returns each example of the contract word for word, but for IDs and times. */
class ContractExamplesTest {
  private static final String SNAPSHOTS = ServerTest.SNAPSHOTS;
  private static final String CLUSTER =
      "/v1.0/" + ServerTest.PROJECT + "/clusters/" + ServerTest.CLUSTER + "/snapshots";
  private static final String NO_CLUSTER = "0f6c1a2e-5b7d-4c1e-9a51-1f2f6f0e9d55";
  private static final String NO_SNAPSHOT = SNAPSHOTS + "/2a4d0f86-67cd-408a-8b66-017454fb7793";

  /** No request causes these; FailureTest compares them. */
  private static final Set<String> NOT_BY_REQUEST =
      Set.of("InternalError defect", "Unavailable unchanged", "Unavailable unknown");

  private final Contract contract = Contract.read();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * The request for each example, in the order of sending. The key is the operation and status, or
   * the shared response, and the name of the example. {@code NEWEST} and {@code OLDEST} are the IDs
   * of the last and first snapshot.
   */
  private Map<String, String> requests() {
    Map<String, String> requests = new LinkedHashMap<>();
    requests.put("createSnapshot 400 length", post(named("s-3")));
    requests.put("createSnapshot 400 missing", post("{\"snapshot\":{}}"));
    requests.put(
        "createSnapshot 400 unknown",
        post(named("snapshot-3").replace("cluster_id", "descripton")));
    requests.put(
        "createSnapshot 400 duplicate",
        post("{\"snapshot\":{\"name\":\"snapshot-3\",\"name\":\"snapshot-3\"}}"));
    requests.put("createSnapshot 400 taken", post(named("snapshot-3")));
    requests.put("createSnapshot 400 malformed", withoutHost(post(named("snapshot-3"))));
    requests.put("createSnapshot 403 permission", forbidden(post(named("snapshot-3"))));
    requests.put(
        "createSnapshot 404 cluster",
        post(named("snapshot-5").replace(ServerTest.CLUSTER, NO_CLUSTER)));
    requests.put("createSnapshot 404 path", request("POST /v1.0//snapshots", ""));
    requests.put("listSnapshots 200 two", request("GET " + SNAPSHOTS, ""));
    requests.put("listSnapshots 404 path", request("GET /v1.0//snapshots", ""));
    requests.put("showSnapshot 200 available", request("GET " + SNAPSHOTS + "/OLDEST", ""));
    requests.put("showSnapshot 200 creating", request("GET " + SNAPSHOTS + "/NEWEST", ""));
    requests.put("showSnapshot 403 permission", forbidden(request("GET " + NO_SNAPSHOT, "")));
    requests.put("showSnapshot 404 snapshot", request("GET " + NO_SNAPSHOT, ""));
    requests.put("showSnapshot 404 path", request("GET " + withoutProject(NO_SNAPSHOT), ""));
    requests.put("listClusterSnapshots 200 two", request("GET " + CLUSTER, ""));
    requests.put(
        "listClusterSnapshots 200 past", request("GET " + CLUSTER + "?limit=2&offset=1", ""));
    requests.put(
        "listClusterSnapshots 400 type", request("GET " + CLUSTER + "?offset=x&sort_key=id", ""));
    requests.put("listClusterSnapshots 400 bound", request("GET " + CLUSTER + "?limit=0", ""));
    requests.put("listClusterSnapshots 400 malformed", withoutHost(request("GET " + CLUSTER, "")));
    requests.put(
        "listClusterSnapshots 404 cluster",
        request("GET " + CLUSTER.replace(ServerTest.CLUSTER, NO_CLUSTER), ""));
    requests.put("listClusterSnapshots 404 path", request("GET " + withoutProject(CLUSTER), ""));
    // The requests below do not find the oldest snapshot any more.
    requests.put("deleteSnapshot 202", request("DELETE " + SNAPSHOTS + "/OLDEST", ""));
    requests.put("deleteSnapshot 403 permission", forbidden(request("DELETE " + NO_SNAPSHOT, "")));
    requests.put("deleteSnapshot 404 snapshot", request("DELETE " + NO_SNAPSHOT, ""));
    requests.put("deleteSnapshot 404 path", request("DELETE " + withoutProject(NO_SNAPSHOT), ""));
    requests.put("MalformedRequest malformed", withoutHost(request("GET " + SNAPSHOTS, "")));
    requests.put("ListNotPermitted permission", forbidden(request("GET " + SNAPSHOTS, "")));
    requests.put(
        "NotAuthenticated missing",
        request("GET " + SNAPSHOTS, "").replace("X-Auth-Token", "X-No"));
    requests.put(
        "NotAuthenticated unknown",
        request("GET " + SNAPSHOTS, "").replace(ServerTest.TOKEN, "unknown"));
    requests.put(
        "NotAuthenticated signature",
        request("GET " + SNAPSHOTS, "")
            .replace("X-Auth-Token: " + ServerTest.TOKEN, "Authorization: SDK-HMAC-SHA256 x"));
    requests.put("HttpError method", request("PUT " + SNAPSHOTS, ""));
    requests.put(
        "HttpError type", post(named("snapshot-3")).replace("application/json", "text/plain"));
    return requests;
  }

  private static String named(String name) {
    return ServerTest.body(name);
  }

  private static String post(String body) {
    return request("POST " + SNAPSHOTS, body);
  }

  private static String request(String methodAndTarget, String body) {
    return methodAndTarget
        + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: "
        + ServerTest.TOKEN
        + "\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String withoutHost(String request) {
    return request.replace("Host: x\r\n", "");
  }

  private static String withoutProject(String path) {
    return path.replace(ServerTest.PROJECT, "");
  }

  private static String forbidden(String request) {
    return request.replace(ServerTest.TOKEN, ServerTest.OTHER_TOKEN);
  }

  /** The body of each example by name; a missing node for 202. */
  private Map<String, JsonNode> examples() {
    Map<String, JsonNode> examples = new LinkedHashMap<>();
    for (Operation operation : contract.operations()) {
      for (Map.Entry<String, JsonNode> status : operation.node().get("responses").properties()) {
        String ref = status.getValue().path("$ref").asText();
        String name =
            ref.isEmpty()
                ? operation.id() + " " + status.getKey()
                : ref.substring(ref.lastIndexOf('/') + 1);
        JsonNode content = contract.resolve(status.getValue()).path("content");
        if (content.isMissingNode()) {
          examples.put(name, content);
          continue;
        }
        JsonNode each = content.at("/application~1json/examples");
        assertTrue(!each.isEmpty(), () -> name + ": add examples to openapi/snapshots.yaml");
        each.properties()
            .forEach(
                example ->
                    examples.put(
                        name + " " + example.getKey(),
                        contract.resolve(example.getValue()).get("value")));
      }
    }
    return examples;
  }

  @Test
  void eachExampleIsReturnedForItsRequest(@TempDir Path folder) throws IOException {
    Map<String, JsonNode> examples = examples();
    Map<String, String> requests = requests();
    Set<String> untried = new TreeSet<>(examples.keySet());
    untried.removeAll(requests.keySet());
    untried.removeAll(NOT_BY_REQUEST);
    untried.remove("createSnapshot 200 documents"); // sent below, before all others
    assertEquals(
        Set.of(), untried, "for each of these examples, add a request to ContractExamplesTest");
    Settings settings = Settings.of(folder, ServerTest.tenancy());
    String documents =
        contract
            .at("/paths/~1v1.0~1{project_id}~1snapshots/post/requestBody/content")
            .at("/application~1json/examples/documents/value")
            .toString();
    List<String> ids = new ArrayList<>();
    try (SnapshotServer server = SnapshotServer.start(settings.withCreationTime(Duration.ZERO))) {
      ids.add(create(server, documents, examples.get("createSnapshot 200 documents")));
    }
    try (SnapshotServer server =
        SnapshotServer.start(settings.withCreationTime(Duration.ofHours(1)))) {
      ids.add(create(server, named("snapshot-4"), examples.get("createSnapshot 200 documents")));
      for (Map.Entry<String, String> request : requests.entrySet()) {
        check(request, examples.get(request.getKey()), ids, server);
      }
    }
  }

  private String create(SnapshotServer server, String body, JsonNode example) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer = peer.send(post(body)).answer();
      assertEquals(200, answer.status(), answer.body());
      JsonNode created = json.readTree(answer.body());
      String id = created.at("/snapshot/id").asText();
      assertEquals(comparable(example), comparable(created));
      return id;
    }
  }

  private void check(
      Map.Entry<String, String> request, JsonNode example, List<String> ids, SnapshotServer server)
      throws IOException {
    String name = request.getKey();
    String sent = request.getValue().replace("OLDEST", ids.get(0)).replace("NEWEST", ids.get(1));
    try (RawPeer peer = new RawPeer(server.uri())) {
      Answer answer = peer.send(sent).answer();
      if (example.isMissingNode()) {
        assertEquals("202 ", answer.status() + " " + answer.body(), name);
        return;
      }
      String code = example.path("error_code").asText("");
      int status = code.isEmpty() ? 200 : status(code);
      assertEquals(status, answer.status(), name + ": " + answer.body());
      assertEquals(comparable(example), comparable(json.readTree(answer.body())), name);
    }
  }

  private static int status(String code) {
    return Arrays.stream(ErrorCode.values())
        .filter(known -> known.code().equals(code))
        .findFirst()
        .orElseThrow()
        .status();
  }

  /** A copy with constants in place of snapshot IDs and times. */
  private static JsonNode comparable(JsonNode value) {
    JsonNode copy = value.deepCopy();
    copy.findParents("id").forEach(owner -> ((ObjectNode) owner).put("id", "ID"));
    for (String time : List.of("started", "finished")) {
      copy.findParents(time).forEach(owner -> ((ObjectNode) owner).put(time, "TIME"));
    }
    copy.findParents("size")
        .forEach(owner -> ((ObjectNode) owner).put("size", owner.get("size").asDouble()));
    return copy;
  }
}
