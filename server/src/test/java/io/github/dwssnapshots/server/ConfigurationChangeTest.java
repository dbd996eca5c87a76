package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import io.github.dwssnapshots.server.config.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the configuration do not affect existing snapshots. */
class ConfigurationChangeTest {
  @TempDir Path folder;

  private SnapshotServer server(Duration creationTime, Cluster... clusters) throws Exception {
    Credential all = Credential.ofToken("all", "token", EnumSet.allOf(Action.class));
    Tenancy tenancy = Tenancy.of(List.of(new Project("p", List.of(clusters), List.of(all))));
    return SnapshotServer.start(Settings.of(folder, tenancy).withCreationTime(creationTime));
  }

  private static HttpResponse<String> send(SnapshotServer server, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.uri() + "/v1.0/p" + path))
            .header("X-Auth-Token", "token");
    return HttpClient.newHttpClient()
        .send(
            body.isEmpty() ? request.build() : request.POST(BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }

  @Test
  void snapshotOutlivesItsClusterUnchanged() throws Exception {
    String body = "{\"snapshot\":{\"name\":\"name\",\"cluster_id\":\"going\"}}";
    JsonNode before;
    try (SnapshotServer server =
        server(Duration.ZERO, new Cluster("going", "g", 1.5), new Cluster("staying", "s"))) {
      assertEquals(200, send(server, "/snapshots", body).statusCode());
      before = json(send(server, "/snapshots", "")).at("/snapshots/0");
      assertEquals(1.5, before.get("size").asDouble());
      assertEquals("AVAILABLE", before.get("status").asText());
    }
    try (SnapshotServer server = server(Duration.ofHours(1), new Cluster("going", "g", 99))) {
      assertEquals(before, json(send(server, "/snapshots", "")).at("/snapshots/0"));
    }
    try (SnapshotServer server = server(Duration.ofHours(1), new Cluster("staying", "s"))) {
      assertEquals(before, json(send(server, "/snapshots", "")).at("/snapshots/0"));
      String id = before.get("id").asText();
      assertEquals(before, json(send(server, "/snapshots/" + id, "")).get("snapshot"));
      HttpResponse<String> ofCluster = send(server, "/clusters/going/snapshots", "");
      assertEquals(404, ofCluster.statusCode());
      assertEquals("DWS.0047", json(ofCluster).get("error_code").asText());
      assertEquals(0, json(send(server, "/clusters/staying/snapshots", "")).get("count").asInt());
    }
  }

  @Test
  void snapshotKeepsItsOutcome() throws Exception {
    Cluster failing = new Cluster("c", "c").failing().withCreationTime(Duration.ZERO);
    String ofFailing = "{\"snapshot\":{\"name\":\"of-failing\",\"cluster_id\":\"c\"}}";
    try (SnapshotServer server = server(Duration.ofHours(1), failing)) {
      assertEquals(200, send(server, "/snapshots", ofFailing).statusCode());
    }
    try (SnapshotServer server = server(Duration.ZERO, new Cluster("c", "c"))) {
      String later = ofFailing.replace("of-failing", "later");
      assertEquals(200, send(server, "/snapshots", later).statusCode());
      JsonNode list = json(send(server, "/snapshots", ""));
      assertEquals("AVAILABLE", list.at("/snapshots/0/status").asText());
      assertEquals("UNAVAILABLE", list.at("/snapshots/1/status").asText());
    }
  }
}
