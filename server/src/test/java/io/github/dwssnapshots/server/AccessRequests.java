package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.access.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The requests of AccessTest without their paths. */
final class AccessRequests {
  private AccessRequests() {}

  /** A client: its tokens, and the actions that they permit in each project. */
  record Caller(String name, List<String> tokens, Map<String, Set<Action>> permitted) {
    boolean isKnown() {
      return !permitted.isEmpty();
    }

    boolean may(Optional<Action> action, String project) {
      return action.filter(permitted.getOrDefault(project, Set.of())::contains).isPresent();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The parts of a request that depend on neither its path nor its caller. */
  record Content(String query, String headers, String body) {}

  /** The contents to try; the names and clusters in them exist or do not exist. */
  static List<Content> contents(String takenName, String unknownCluster) {
    return List.of(
        new Content("", "", ""),
        new Content("", "", ServerTest.body(takenName)),
        new Content("", "", ServerTest.body("fresh-name")),
        new Content(
            "", "", ServerTest.body("fresh-name").replace(ServerTest.CLUSTER, unknownCluster)),
        new Content("", "", "{}"),
        new Content("?limit=x&limit=1", "Accept: text/html\r\nContent-Type: text/plain\r\n", "x"));
  }

  static String request(Caller caller, String method, String path, Content content) {
    StringBuilder request = new StringBuilder(512);
    request.append(method).append(' ').append(path).append(content.query());
    request.append(" HTTP/1.1\r\nHost: x\r\n").append(content.headers());
    caller.tokens().forEach(t -> request.append("X-Auth-Token: ").append(t).append("\r\n"));
    request.append("Content-Length: ").append(content.body().length()).append("\r\n\r\n");
    return request.append(content.body()).toString();
  }
}
