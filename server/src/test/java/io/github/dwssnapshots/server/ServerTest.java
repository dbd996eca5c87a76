package io.github.dwssnapshots.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.client.ApiClient;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.config.Storage;
import io.github.dwssnapshots.server.docs.Documentation;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.http.OpenAddresses;
import io.github.dwssnapshots.server.list.SendingThreads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A running server and its clients. Each exchange is validated against the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerTest {
  static final String PROJECT = "89cd04f168b84af6be287f71730fdb4b";
  static final String CLUSTER = "44b277eb-39be-4921-be31-3d61b43651d7";
  static final String SECOND_CLUSTER = "second-cluster";

  /** Its snapshots end as UNAVAILABLE, after 300 ms. */
  static final String FAILING_CLUSTER = "failing-cluster";

  static final String OTHER_PROJECT = "other-project";
  static final String OTHER_CLUSTER = "cluster-of-other-project";

  /** Permits everything in both projects. */
  static final String TOKEN = "token-that-permits-all";

  /** Permits nothing in the first project, and everything in the other. */
  static final String OTHER_TOKEN = "token-of-the-other-project";

  static final String SNAPSHOTS = "/v1.0/" + PROJECT + "/snapshots";

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** SQLite, as tests of HTTP need no other; tests of the store run on PostgreSQL too. */
  DatabaseKind kind() {
    return DatabaseKind.SQLITE;
  }

  final HttpClient http = new ContractHttpClient();
  final ObjectMapper json = new ObjectMapper();

  SnapshotServer server;

  @BeforeAll
  final void start(@TempDir Path data) throws IOException, SQLException {
    Settings settings = Settings.of(data, served());
    if (kind() == DatabaseKind.POSTGRESQL) {
      String url = Postgres.shared().url(Postgres.shared().freshDatabase());
      settings = settings.withStorage(Storage.PostgreSql.of(url, variable -> Optional.empty()));
    }
    server = SnapshotServer.start(settings, bounds(), clock());
  }

  /** What dates of signatures are compared with. */
  Clock clock() {
    return Clock.systemUTC();
  }

  Bounds bounds() {
    return Bounds.ofProcess(false);
  }

  /** Limits with 300 ms for a request to arrive. */
  static Bounds withShortReceiveTimeout() {
    Bounds usual = Bounds.ofProcess(false);
    return new Bounds(
        usual.connections(),
        usual.requests(),
        Duration.ofMillis(300),
        usual.idle(),
        usual.write(),
        usual.stop());
  }

  /** The documentation and the health of a server that is always ready. */
  static OpenAddresses openAddresses(ObjectMapper mapper) throws IOException {
    return new OpenAddresses(
        new Documentation(Optional.empty()),
        () -> CompletableFuture.completedFuture(Optional.empty()),
        Optional.empty(),
        new SendingThreads("test", 1, 1),
        mapper);
  }

  @AfterAll
  final void stop() throws IOException {
    server.close();
  }

  /** The tenancy of the server; overridden by tests with other credentials. */
  Tenancy served() {
    return tenancy();
  }

  static Tenancy tenancy() {
    Credential all = Credential.ofToken("all", TOKEN, EnumSet.allOf(Action.class));
    Credential other = Credential.ofToken("other", OTHER_TOKEN, EnumSet.allOf(Action.class));
    Credential none = Credential.ofToken("none", OTHER_TOKEN, EnumSet.noneOf(Action.class));
    return Tenancy.of(
        List.of(
            new Project(
                PROJECT,
                List.of(
                    new Cluster(CLUSTER, "first"),
                    new Cluster(SECOND_CLUSTER, "second", 0.5),
                    new Cluster(FAILING_CLUSTER, "failing")
                        .failing()
                        .withCreationTime(Duration.ofMillis(300))),
                List.of(all, none)),
            new Project(
                OTHER_PROJECT, List.of(new Cluster(OTHER_CLUSTER, "other")), List.of(all, other))));
  }

  /** The generated client, with validation of each exchange. */
  final SnapshotsApi client() {
    ApiClient client =
        new ApiClient() {
          @Override
          public HttpClient getHttpClient() {
            return http;
          }
        };
    client.updateBaseUri(server.uri().toString());
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", TOKEN));
    return new SnapshotsApi(client);
  }

  /** Creates a snapshot without a description and returns its ID. */
  final String create(String project, String cluster, String name) throws ApiException {
    return create(project, new Snapshot().name(name).clusterId(cluster));
  }

  final String create(String project, Snapshot snapshot) throws ApiException {
    return client()
        .createSnapshot(project, new CreateSnapshotBody().snapshot(snapshot))
        .getSnapshot()
        .getId();
  }

  /** A valid name that no other call returns. */
  static String freshName() {
    return "snapshot-" + NAMES.incrementAndGet();
  }

  /** A valid body with this name. */
  static String body(String name) {
    return "{\"snapshot\":{\"name\":\"%s\",\"cluster_id\":\"%s\"}}".formatted(name, CLUSTER);
  }

  /** A request with the token that permits everything. */
  final HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.uri() + path)).header("X-Auth-Token", TOKEN);
  }

  final HttpResponse<String> post(String body) {
    return post(body.getBytes(StandardCharsets.UTF_8));
  }

  final HttpResponse<String> post(byte[] body) {
    return send(
        request(SNAPSHOTS)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** A valid request with a fresh name and without a Content-Type. */
  final HttpRequest.Builder post() {
    return request(SNAPSHOTS).POST(HttpRequest.BodyPublishers.ofString(body(freshName())));
  }

  final HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  final JsonNode json(HttpResponse<String> response) {
    try {
      return json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(response.body(), e);
    }
  }

  /** Status and error code, for example {@code 400 DWS.0001}; only the status of a success. */
  final String outcome(HttpResponse<String> response) {
    return response.statusCode() < 400
        ? String.valueOf(response.statusCode())
        : response.statusCode() + " " + json(response).path("error_code").asText();
  }

  final String message(HttpResponse<String> response) {
    return json(response).path("error_msg").asText();
  }
}
