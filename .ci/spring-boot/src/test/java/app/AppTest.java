package app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dwssnapshots.client.ApiClient;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.server.SnapshotServer;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest
class AppTest {
  @TempDir static Path folder;

  private static SnapshotServer server;

  @Autowired private JdbcTemplate database;

  @Value("${snapshots.uri}")
  private String uri;

  @DynamicPropertySource
  static void start(DynamicPropertyRegistry registry) throws Exception {
    server = SnapshotServer.start(Settings.demo(folder));
    registry.add("snapshots.uri", server::uri);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void theServerServesAndTheDatabaseIsTheApplicationsOwn() throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(uri);
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", DemoTenancy.TOKEN));
    SnapshotsApi snapshots = new SnapshotsApi(client);
    Snapshot snapshot = new Snapshot().name("name-1").clusterId(DemoTenancy.CLUSTER);
    snapshots.createSnapshot(DemoTenancy.PROJECT, new CreateSnapshotBody().snapshot(snapshot));
    assertEquals(1, snapshots.listSnapshots(DemoTenancy.PROJECT).getCount());
    assertEquals(0, database.queryForObject("SELECT count(*) FROM thing", Integer.class));
    assertEquals(
        1,
        database.queryForObject(
            "SELECT count(*) FROM \"flyway_schema_history\" WHERE \"script\" LIKE 'V%'",
            Integer.class));
  }
}
