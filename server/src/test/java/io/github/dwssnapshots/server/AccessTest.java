package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.server.AccessRequests.Caller;
import io.github.dwssnapshots.server.AccessRequests.Content;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Without permission, the responses to an operation are the same byte for byte, whether its
 * resources exist or not. Each kind of request is combined with existing and missing resources.
 */
class AccessTest extends ServerTest {
  // As long as the IDs that they replace, so that no response differs by the length of a path.
  private static final String NEIGHBOUR = another(PROJECT, '1');
  private static final String NO_PROJECT = another(PROJECT, '2');
  private static final String CLUSTER_OF_NEIGHBOUR = another(CLUSTER, '1');
  private static final String NO_CLUSTER = another(CLUSTER, '2');

  /** Permits everything in the neighbour project; unknown in the first project. */
  private static final String NEIGHBOURS_TOKEN = "token-of-the-neighbour";

  private static final String TAKEN = "taken-name";

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW");

  /** Paths below a project that are not in the contract. */
  private static final List<String> UNKNOWN_PATHS =
      List.of(
          "/v1.0/{project_id}",
          "/v1.0/{project_id}/snapshots/",
          "/v1.0/{project_id}/snapshots/{snapshot_id}/x",
          "/v1.0/{project_id}/clusters/{cluster_id}");

  /** Values for the parameters of a path. */
  private record Named(String project, String cluster, String snapshot) {
    String in(String path) {
      String named =
          path.replace("{project_id}", project)
              .replace("{cluster_id}", cluster)
              .replace("{snapshot_id}", snapshot);
      assertFalse(named.contains("{"), () -> path + ": add its new parameter to AccessTest.Named");
      return named;
    }
  }

  private JsonNode paths;
  private List<String> snapshots;

  private static String another(String id, char last) {
    return id.substring(0, id.length() - 1) + last;
  }

  @Override
  Tenancy served() {
    EnumSet<Action> everything = EnumSet.allOf(Action.class);
    List<Credential> credentials = new ArrayList<>();
    credentials.add(Credential.ofToken("all", TOKEN, everything));
    credentials.add(Credential.ofToken("none", OTHER_TOKEN, Set.of()));
    someOfTheActions()
        .forEach(some -> credentials.add(Credential.ofToken("some", some.toString(), some)));
    return Tenancy.of(
        List.of(
            new Project(PROJECT, List.of(new Cluster(CLUSTER, "first")), credentials),
            new Project(
                NEIGHBOUR,
                List.of(new Cluster(CLUSTER_OF_NEIGHBOUR, "second")),
                Stream.of(TOKEN, OTHER_TOKEN, NEIGHBOURS_TOKEN)
                    .map(token -> Credential.ofToken("all", token, everything))
                    .toList())));
  }

  /** No action, each action alone, and all actions except each one. */
  private static Stream<Set<Action>> someOfTheActions() {
    return Stream.concat(
        Stream.of(Set.<Action>of()),
        Arrays.stream(Action.values())
            .map(EnumSet::of)
            .flatMap(one -> Stream.of(one, EnumSet.complementOf(one))));
  }

  static Stream<Caller> callers() {
    Set<Action> everything = EnumSet.allOf(Action.class);
    return Stream.concat(
        Stream.of(
            new Caller("no token", List.of(), Map.of()),
            new Caller("an empty token", List.of(""), Map.of()),
            new Caller("two tokens", List.of(TOKEN, TOKEN), Map.of()),
            new Caller("an unknown token", List.of(TOKEN + "x"), Map.of()),
            new Caller("the neighbour", List.of(NEIGHBOURS_TOKEN), Map.of(NEIGHBOUR, everything)),
            new Caller(
                "the neighbour, known here", List.of(OTHER_TOKEN), Map.of(NEIGHBOUR, everything))),
        someOfTheActions()
            .map(
                some ->
                    new Caller(
                        "permitted " + some, List.of(some.toString()), Map.of(PROJECT, some))));
  }

  @BeforeAll
  final void fillTheProjects() throws ApiException, IOException {
    paths = new YAMLMapper().readTree(Contract.FILE.toFile()).path("paths");
    String existing = create(PROJECT, CLUSTER, TAKEN);
    String deleted = create(PROJECT, CLUSTER, freshName());
    client().deleteSnapshot(PROJECT, deleted);
    String neighbours =
        create(NEIGHBOUR, new Snapshot().name(TAKEN).clusterId(CLUSTER_OF_NEIGHBOUR));
    snapshots = List.of(existing, deleted, neighbours, another(existing, 'x')); // no UUID
  }

  @ParameterizedTest
  @MethodSource("callers")
  void responsesDoNotDependOnExistingResources(Caller caller) throws IOException {
    Map<String, Set<String>> answers = new LinkedHashMap<>();
    for (String path : paths()) {
      for (String method : METHODS) {
        // The path is not examined before the token is known.
        String group = caller.isKnown() ? method + " " + path : head(method) ? "HEAD" : "any";
        Set<String> given = answers.computeIfAbsent(group, first -> new TreeSet<>());
        for (String answer : answers(caller, method, path)) {
          assertTrue(
              answer.startsWith("HTTP/1.1 " + status(caller, method, path)),
              () -> method + " " + path + " " + answer);
          given.add(answer);
        }
      }
    }
    answers.forEach(
        (group, given) -> assertTrue(given.size() <= 1, () -> group + " returned " + given));
    assertEquals(
        1, json(send(request(SNAPSHOTS))).path("count").asInt(), "a request changed something");
  }

  private List<String> paths() {
    List<String> all = new ArrayList<>(UNKNOWN_PATHS);
    paths.fieldNames().forEachRemaining(all::add);
    return all;
  }

  private static boolean head(String method) {
    return method.equals("HEAD");
  }

  private int status(Caller caller, String method, String path) {
    if (!caller.isKnown()) {
      return 401;
    }
    if (!paths.has(path)) {
      return 404;
    }
    return action(method, path).isPresent() ? 403 : method.equals("BREW") ? 501 : 405;
  }

  /** The action of the operation; empty if the contract has no such operation. */
  private Optional<Action> action(String method, String path) {
    String operation =
        paths
            .path(path)
            .path(head(method) ? "get" : method.toLowerCase(Locale.ROOT))
            .path("operationId")
            .asText();
    return Arrays.stream(Action.values())
        .filter(action -> action.operations().contains(operation))
        .findFirst();
  }

  /** The responses to all requests that the caller is not permitted. */
  private List<String> answers(Caller caller, String method, String path) throws IOException {
    Optional<Action> action = action(method, path);
    List<String> targets = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    List<Content> contents = AccessRequests.contents(TAKEN, NO_CLUSTER);
    for (Named named : named(path)) {
      if (!caller.may(action, named.project())) {
        for (Content content : contents) {
          targets.add(named.in(path));
          requests.add(AccessRequests.request(caller, method, named.in(path), content));
        }
      }
    }
    List<String> answers = new ArrayList<>();
    if (method.equals("BREW")) { // closes its connection
      for (String request : requests) {
        answers.addAll(exchange(List.of(request)));
      }
    } else if (!requests.isEmpty()) {
      answers.addAll(exchange(requests));
    }
    assertEquals(requests.size(), answers.size());
    for (int i = 0; i < answers.size(); i++) {
      // An unknown path is quoted in the message, up to 64 characters.
      String quoted = targets.get(i).substring(0, Math.min(64, targets.get(i).length()));
      answers.set(i, answers.get(i).replace(quoted, "PATH"));
    }
    return answers;
  }

  private List<Named> named(String path) {
    List<String> clusters = List.of(CLUSTER, CLUSTER_OF_NEIGHBOUR, NO_CLUSTER);
    List<Named> all = new ArrayList<>();
    for (String project : List.of(PROJECT, NEIGHBOUR, NO_PROJECT)) {
      for (String cluster : path.contains("{cluster_id}") ? clusters : List.of("")) {
        for (String snapshot : path.contains("{snapshot_id}") ? snapshots : List.of("")) {
          all.add(new Named(project, cluster, snapshot));
        }
      }
    }
    return all;
  }

  /** The responses of one connection, without the headers that differ in each response. */
  private List<String> exchange(List<String> requests) throws IOException {
    String last =
        requests.get(requests.size() - 1).replace("Host: x", "Host: x\r\nConnection: close");
    try (RawPeer peer = new RawPeer(server.uri())) {
      peer.send(String.join("", requests.subList(0, requests.size() - 1)) + last);
      String all = peer.everything().replaceAll("(?m)^(X-Request-Id|Date|Connection): .*\r\n", "");
      return List.of(all.split("(?=HTTP/1\\.1 )"));
    }
  }
}
