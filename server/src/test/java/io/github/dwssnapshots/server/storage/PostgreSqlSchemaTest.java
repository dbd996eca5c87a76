package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which database is accepted, and who makes its tables. */
class PostgreSqlSchemaTest {
  private final Postgres server = Postgres.shared();
  private String name;

  @BeforeEach
  void make() throws SQLException {
    name = server.freshDatabase();
  }

  private static Database open(String url) throws IOException {
    return PostgreSql.open(
        PostgreSqlAddress.of(url, Optional.empty(), Optional.empty()), Duration.ZERO);
  }

  private static void assertRefused(String why, String url) {
    String message = assertThrows(IOException.class, () -> open(url)).getMessage();
    assertTrue(message.contains(why), message);
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("secret"), message);
  }

  /** A role without any right, and the URL for it. */
  private String role() throws SQLException {
    server.execute(name, "CREATE ROLE role_" + name + " LOGIN");
    return server.url(name).replace("user=postgres", "user=role_" + name);
  }

  private void execute(String... statements) throws SQLException {
    server.execute(name, statements);
  }

  @Test
  void whoIsNotLetInIsToldAtOnceAndWhereTheCredentialsComeFrom() {
    assertRefused("\"nowhere\" does not exist", server.url("nowhere"));
    String nobody = server.url(name).replace("user=postgres", "user=nobody&password=secret");
    assertRefused("cannot be used by the user nobody: FATAL: role \"nobody\"", nobody);
    assertRefused("PGUSER and PGPASSWORD", nobody);
  }

  @Test
  void aDatabaseThatCannotKeepEachTextIsRefused() throws SQLException {
    server.execute(
        "postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    assertRefused("has the encoding LATIN1", server.url("latin"));
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    open(server.url(name)).close();
    execute("UPDATE snapshots_schema_history SET version = '99'");
    assertRefused("newer server", server.url(name));
  }

  @Test
  void theTablesOfOthersAreNoObstacleUnlessTheyHaveOurNames() throws Exception {
    execute("CREATE TABLE theirs (x INT)", "CREATE TABLE flyway_schema_history (x INT)");
    open(server.url(name)).close();
    open(server.url(name)).close();
    execute("CREATE SCHEMA other", "CREATE TABLE other.snapshots (x INT)");
    assertRefused(
        "a table snapshots in the schema other", server.url(name) + "&currentSchema=other");
    assertRefused("has no schema nosuch", server.url(name) + "&currentSchema=nosuch");
  }

  @Test
  void aSchemaThatComesLaterChangesNothing() throws Exception {
    NewSnapshot snapshot = new NewSnapshot("p", "c", "name", "", 500);
    String url = server.url(name) + "&options=-c%20search_path=a,public";
    try (SnapshotStore store = SnapshotStore.in(open(url), Duration.ZERO)) {
      assertTrue(store.create(snapshot).toCompletableFuture().get().isPresent());
      execute(
          "CREATE SCHEMA a",
          "CREATE TABLE a.snapshots AS SELECT * FROM public.snapshots WITH NO DATA",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + name
              + "' AND pid <> pg_backend_pid()");
      Thread.sleep(600); // so that the dead connections are noticed before they are used
      assertTrue(store.create(snapshot).toCompletableFuture().get().isEmpty());
    }
    try (SnapshotStore store = SnapshotStore.in(open(url), Duration.ZERO)) { // and after a restart
      assertTrue(store.create(snapshot).toCompletableFuture().get().isEmpty());
    }
  }

  @Test
  void aTableThatIsLostIsTold() throws Exception {
    open(server.url(name)).close();
    execute("DROP TABLE cluster_counts");
    assertRefused("has lost its table cluster_counts", server.url(name));
  }

  @Test
  void whatTakesNoWritesIsRefused() throws Exception {
    assertRefused("read-only", server.url(name) + "&options=-c%20default_transaction_read_only=on");
  }

  @Test
  void aRoleThatMayMakeNoTablesWorksOnceTheyAreThereAndIsToldWhatItLacks() throws Exception {
    String url = role();
    String role = "role_" + name;
    assertRefused(role + " may make none in the schema public", url);
    open(server.url(name)).close();
    for (String table :
        List.of("snapshots_schema_history", "snapshots", "clusters", "cluster_counts")) {
      boolean isHistory = table.equals("snapshots_schema_history");
      for (String right :
          isHistory ? List.of("SELECT") : List.of("SELECT", "INSERT", "UPDATE", "DELETE")) {
        String grant = "GRANT " + right + " ON " + table + " TO \"" + role + "\"";
        assertRefused(grant, url);
        execute(grant);
      }
    }
    try (SnapshotStore store = SnapshotStore.in(open(url), Duration.ZERO)) {
      NewSnapshot snapshot = new NewSnapshot("p", "c", "name", "", 500);
      assertTrue(store.create(snapshot).toCompletableFuture().get().isPresent());
      assertEquals(1, store.list("p").next().toCompletableFuture().get().size());
    }
  }

  @Test
  void theGrantsThatTheDocumentationHasAreEnough() throws Exception {
    String url = role();
    open(server.url(name)).close();
    List<String> grants =
        Files.readAllLines(Path.of("..", ".github", "postgresql.md")).stream()
            .filter(line -> line.startsWith("    GRANT "))
            .map(line -> line.strip().replace(" TO app;", " TO role_" + name))
            .toList();
    execute(grants.toArray(String[]::new));
    try (SnapshotStore store = SnapshotStore.in(open(url), Duration.ZERO)) {
      NewSnapshot snapshot = new NewSnapshot("p", "c", "name", "", 500);
      UUID id = store.create(snapshot).toCompletableFuture().get().orElseThrow();
      assertTrue(store.delete("p", id).toCompletableFuture().get());
    }
  }

  @Test
  void serversThatStartTogetherOnAnEmptyDatabaseAllStart() throws Exception {
    List<CompletableFuture<Database>> opened = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      opened.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return open(server.url(name));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task).start()));
    }
    for (CompletableFuture<Database> each : opened) {
      assertTrue(each.get().toString().endsWith("/" + name + ", schema public"));
      each.get().close();
    }
  }

  @Test
  void theMigrationsAreThoseOfTheFolder() throws IOException {
    Path folder = Path.of("src/main/resources/io/github/dwssnapshots/server/db/postgresql");
    try (Stream<Path> files = Files.list(folder)) {
      List<String> numbers =
          files
              .map(file -> file.getFileName().toString().replaceFirst("__.*", ""))
              .sorted()
              .toList();
      assertEquals(
          Stream.iterate(1, i -> i + 1).limit(PostgreSqlSchema.VERSION).map(i -> "V" + i).toList(),
          numbers);
    }
  }

  @Test
  void theTablesHaveTheColumnsOfSqlite(@TempDir Path folder) throws Exception {
    open(server.url(name)).close();
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    for (String table : List.of("snapshots", "clusters", "cluster_counts")) {
      try (Connection postgres = DriverManager.getConnection(server.url(name));
          Connection sqlite =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"))) {
        assertEquals(columns(sqlite, table), columns(postgres, table));
      }
    }
  }

  private static Map<String, Integer> columns(Connection connection, String table)
      throws SQLException {
    Map<String, Integer> columns = new HashMap<>();
    try (ResultSet rows = connection.getMetaData().getColumns(null, null, table, "%")) {
      while (rows.next()) {
        columns.put(rows.getString("COLUMN_NAME"), rows.getInt("NULLABLE"));
      }
    }
    return columns;
  }
}
