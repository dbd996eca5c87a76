package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written before clusters had numbers is there afterwards, and can be added to. */
class ClusterKeysTest {
  private static final String FOLDER = "classpath:io/github/dwssnapshots/server/db/";

  private static final int UNCOUNTED = -1;

  private static final UUID FIRST = UUID.fromString("00000000-0000-4000-8000-000000000001");

  /** Two projects, with a cluster of the same name; the last one is of another cluster. */
  private static void write(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      String[][] rows = {
        {"1", "p", "c", "b"}, {"2", "q", "c", "b"}, {"3", "p", "c", "a"}, {"4", "p", "d", "c"}
      };
      for (String[] row : rows) {
        statement.executeUpdate(
            "INSERT INTO snapshots (id, project_id, cluster_id, name, name_key, description, size_gb, started, finished) VALUES ('"
                + FIRST.toString().replaceAll(".$", row[0])
                + String.format(
                    "', '%s', '%s', '%s', '%s', '', 5, ", row[1], row[2], row[3], row[3])
                + row[0]
                + ", 9)");
      }
      statement.executeUpdate(
          "INSERT INTO cluster_counts (project_id, cluster_id, slot, snapshots) VALUES"
              + " ('p', 'c', 0, 2), ('q', 'c', 0, 1), ('p', 'd', 0, 1), ('p', 'e', 0, 0)");
    }
  }

  private static void assertAllThere(Database database) throws Exception {
    try (SnapshotStore store = SnapshotStore.in(database, Duration.ZERO)) {
      assertEquals(List.of("c", "a", "b"), names(store.list("p"), UNCOUNTED));
      assertEquals(List.of("a", "b"), names(by(store, OrderBy.NAME, "p", "c"), 2));
      assertEquals(List.of("b", "a"), names(by(store, OrderBy.STARTED, "p", "c"), 2));
      assertEquals(List.of("b", "a"), names(by(store, OrderBy.SIZE, "p", "c"), 2));
      assertEquals(List.of("b"), names(by(store, OrderBy.NAME, "q", "c"), 1));
      assertEquals(List.of(), names(by(store, OrderBy.NAME, "q", "d"), 0));
      for (String cluster : List.of("c", "e", "f")) {
        assertTrue(create(store, cluster, "new-" + cluster), cluster);
        assertTrue(!create(store, cluster, "B"), cluster);
      }
      assertTrue(store.delete("p", FIRST).toCompletableFuture().get());
      assertEquals(List.of("a", "new-c"), names(by(store, OrderBy.NAME, "p", "c"), 2));
      assertEquals(List.of("new-e"), names(by(store, OrderBy.NAME, "p", "e"), 1));
      assertEquals(List.of("new-f"), names(by(store, OrderBy.NAME, "p", "f"), 1));
    }
  }

  private static boolean create(SnapshotStore store, String cluster, String name) throws Exception {
    NewSnapshot snapshot = new NewSnapshot("p", cluster, name, "", 5);
    return store.create(snapshot).toCompletableFuture().get().isPresent();
  }

  private static SnapshotCursor by(
      SnapshotStore store, OrderBy order, String project, String cluster) {
    return store.listCluster(project, cluster, order, false, 0, 9);
  }

  private static List<String> names(SnapshotCursor list, int count) throws Exception {
    List<Snapshot> snapshots = list.next().toCompletableFuture().get();
    if (count != UNCOUNTED) {
      assertEquals(count, list.count());
    }
    return snapshots.stream().map(Snapshot::name).toList();
  }

  @Test
  void aFolderOfBeforeIsBroughtUpToDate(@TempDir Path folder) throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("snapshots.db");
    Flyway.configure()
        .dataSource(url, "", "")
        .locations(FOLDER + "sqlite")
        .target("3")
        .load()
        .migrate();
    write(url);
    assertAllThere(DataFolder.open(folder, ForwardClock.ofSystem()));
  }

  @Test
  void aPostgreSqlDatabaseOfBeforeIsBroughtUpToDate() throws Exception {
    Postgres server = Postgres.shared();
    String url = server.url(server.freshDatabase());
    Flyway.configure()
        .dataSource(url, "postgres", "")
        .locations(FOLDER + "postgresql")
        .table("snapshots_schema_history")
        .target("1")
        .load()
        .migrate();
    write(url);
    assertAllThere(open(url));
  }

  @Test
  void aDatabaseThatWasPutBackGivesNumbersAnew() throws Exception {
    Postgres server = Postgres.shared();
    String name = server.freshDatabase();
    try (SnapshotStore store = SnapshotStore.in(open(server.url(name)), Duration.ZERO)) {
      for (int i = 0; i < 20; i++) { // by then both writers know its number
        assertTrue(create(store, "c", "before-" + i));
      }
      server.execute(
          name,
          "TRUNCATE snapshots, clusters, cluster_counts",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + name
              + "' AND pid <> pg_backend_pid()");
      Thread.sleep(600); // so that the dead connections are noticed before they are used
      assertTrue(create(store, "c", "after"));
      assertEquals(List.of("after"), names(by(store, OrderBy.NAME, "p", "c"), 1));
    }
  }

  private static Database open(String url) throws IOException {
    return PostgreSql.open(
        PostgreSqlAddress.of(url, Optional.empty(), Optional.empty()), Duration.ZERO);
  }
}
