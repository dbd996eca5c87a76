package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folder it is, which database is accepted, and how an older one is brought up to date. */
class DataFolderTest {
  /** By the server of version 1.0.0, with these four snapshots. */
  private static final List<Snapshot> WRITTEN_BY_1_0_0 =
      List.of(
          written("433c4240-89a6-40ce-bc7e-d91dcbf5e7d3", "zz-top", "x".repeat(256), 710),
          written(
              "ce5526b3-8184-4e22-9bf8-793aae0584bb",
              "third",
              "Zeilen\r\n\tund äöü 中文 \ud83d\ude00 \u200f\u2028",
              695),
          written("3a03b72b-1311-4092-895f-dad0422f6c57", "Second_Snapshot", "", 676),
          written(
              "52945ce2-e529-4195-94cd-0b0777425081", "snapshot-3", "Snapshot-3 description", 626));

  @TempDir Path folder;

  private static Snapshot written(String id, String name, String description, long millis) {
    Instant started = Instant.ofEpochMilli(1_795_527_438_000L + millis);
    return new Snapshot(
        UUID.fromString(id),
        "89cd04f168b84af6be287f71730fdb4b",
        "44b277eb-39be-4921-be31-3d61b43651d7",
        name,
        description,
        500,
        started,
        Optional.of(started.plusSeconds(2)));
  }

  private void writtenBy100() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("/storage/written-by-1.0.0.db")) {
      Files.copy(file, folder.resolve("snapshots.db"));
    }
  }

  private void assertAllThere() throws Exception {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(3650));
    try (SnapshotStore store = SnapshotStore.inFolder(folder, later, Duration.ZERO)) {
      String project = WRITTEN_BY_1_0_0.get(0).projectId();
      String cluster = WRITTEN_BY_1_0_0.get(0).clusterId();
      assertEquals(WRITTEN_BY_1_0_0, store.list(project).next().toCompletableFuture().get());
      SnapshotCursor page = store.listCluster(project, cluster, OrderBy.NAME, false, 0, 1);
      assertEquals("Second_Snapshot", page.next().toCompletableFuture().get().get(0).name());
      assertEquals(4, page.count());
      NewSnapshot taken = new NewSnapshot(project, cluster, "SNAPSHOT-3", "", 500);
      assertTrue(store.create(taken).toCompletableFuture().get().isEmpty());
      UUID first = WRITTEN_BY_1_0_0.get(3).id();
      assertTrue(store.delete(project, first).toCompletableFuture().get());
      assertTrue(store.create(taken).toCompletableFuture().get().isPresent());
    }
  }

  @Test
  void aFolderOfVersion100OpensWithEverythingInIt() throws Exception {
    writtenBy100();
    assertAllThere();
  }

  @Test
  void aMigrationThatWasCutOffIsFinished() throws Exception {
    writtenBy100();
    Flyway.configure()
        .dataSource("jdbc:sqlite:" + folder.resolve("snapshots.db"), "", "")
        .baselineVersion("1")
        .load()
        .baseline();
    assertAllThere();
  }

  @Test
  void aMigrationThatFailsLeavesTheFileAsItWas() throws Exception {
    writtenBy100();
    execute("CREATE TABLE cluster_counts (x)"); // which the migration makes near its end
    String message =
        assertThrows(IOException.class, () -> DataFolder.open(folder, Clock.systemUTC()))
            .getMessage();
    assertTrue(message.contains("snapshots.db could not be brought up to date"), message);
    assertEquals(1, version());
    execute("DROP TABLE cluster_counts");
    assertAllThere();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aNewFileHasTheTablesOfOneThatWasBroughtUpToDate() throws Exception {
    writtenBy100();
    DataFolder.open(folder, Clock.systemUTC()).close();
    List<String> broughtUpToDate = tables();
    Files.delete(folder.resolve("snapshots.db"));
    DataFolder.open(folder, Clock.systemUTC()).close();
    assertEquals(broughtUpToDate, tables());
    assertEquals(SqliteSchema.MIGRATIONS.size(), version());
  }

  private List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'flyway%' AND sql IS NOT NULL ORDER BY name")) {
      while (rows.next()) {
        tables.add(rows.getString("name") + ": " + rows.getString("sql"));
      }
    }
    return tables;
  }

  @Test
  void aFileThatIsUpToDateIsLeftAlone() throws Exception {
    DataFolder.open(folder, Clock.systemUTC()).close();
    byte[] before = Files.readAllBytes(folder.resolve("snapshots.db"));
    DataFolder.open(folder, Clock.systemUTC()).close();
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("snapshots.db")));
  }

  @Test
  void theMigrationsAreThoseOfTheFolderAndEachEndsWithItsNumber() throws IOException {
    Path folder = Path.of("src/main/resources/io/github/dwssnapshots/server/db/sqlite");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          Set.copyOf(SqliteSchema.MIGRATIONS),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
    for (int i = 0; i < SqliteSchema.MIGRATIONS.size(); i++) {
      String name = SqliteSchema.MIGRATIONS.get(i);
      assertTrue(name.startsWith("V" + (i + 1) + "__"), name);
      String last = Files.readString(folder.resolve(name)).strip().lines().reduce("", (x, y) -> y);
      assertTrue(last.startsWith("PRAGMA user_version = " + (i + 1) + ";"), last);
    }
  }

  private int version() throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.getInt(1);
    }
  }

  @Test
  void eachCommitIsSynced() throws Exception {
    try (DataFolder data = DataFolder.open(folder, Clock.systemUTC());
        Connection connection = data.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA synchronous")) {
        assertEquals(2, row.getInt(1), "FULL");
      }
      try (ResultSet row = statement.executeQuery("PRAGMA journal_mode")) {
        assertEquals("wal", row.getString(1));
      }
    }
  }

  @Test
  void aDeletionGoesByTheIdsHoweverManyAProjectHas() throws Exception {
    DataFolder.open(folder, Clock.systemUTC()).close();
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet plan =
            statement.executeQuery("EXPLAIN QUERY PLAN " + BatchWriter.sqlOfDeletion(100))) {
      assertEquals("SEARCH snapshots USING INDEX snapshots_id (id=?)", plan.getString("detail"));
    }
  }

  @Test
  void aClockThatIsSetBackMakesNoSnapshotUnfinishedAgain() throws Exception {
    StandingClock system = new StandingClock(1_000_000_000L);
    AtomicLong nanos = new AtomicLong();
    Duration second = Duration.ofSeconds(1);
    UUID old;
    try (SnapshotStore store =
        SnapshotStore.inFolder(folder, new ForwardClock(system, nanos::get), second)) {
      old = store.create(snapshot("old")).toCompletableFuture().get().orElseThrow();
      system.add(1000);
      assertTrue(isFinished(store, old));
      system.add(-3_600_000);
      assertTrue(isFinished(store, old));
      UUID young = store.create(snapshot("young")).toCompletableFuture().get().orElseThrow();
      assertFalse(isFinished(store, young));
      nanos.addAndGet(1_000_000_000L);
      assertTrue(isFinished(store, young), "an hour is not waited for");
    }
    try (SnapshotStore store = SnapshotStore.inFolder(folder, system, second)) {
      assertTrue(isFinished(store, old), "after a restart, too");
      UUID last = store.create(snapshot("last")).toCompletableFuture().get().orElseThrow();
      system.add(1000);
      assertTrue(isFinished(store, last));
      assertEquals(last, store.list("p").next().toCompletableFuture().get().get(0).id());
    }
  }

  private static boolean isFinished(SnapshotStore store, UUID id) throws Exception {
    return store.find("p", id).toCompletableFuture().get().orElseThrow().finished().isPresent();
  }

  @Test
  void aFolderIsForOneServer() throws IOException {
    DataFolder first = DataFolder.open(folder, Clock.systemUTC());
    IOException inUse =
        assertThrows(IOException.class, () -> DataFolder.open(folder, Clock.systemUTC()));
    assertTrue(inUse.getMessage().contains("another server uses it"), inUse.getMessage());
    first.close();
    DataFolder.open(folder, Clock.systemUTC()).close();
  }

  @Test
  void whatIsNoDatabaseOfThisServersIsRefused() throws Exception {
    Files.writeString(folder.resolve("snapshots.db"), "this is a text and no database".repeat(50));
    IOException foreign =
        assertThrows(IOException.class, () -> DataFolder.open(folder, Clock.systemUTC()));
    assertTrue(foreign.getMessage().contains("snapshots.db"), foreign.getMessage());
  }

  @Test
  void aDatabaseOfAnotherProgramsIsRefused() throws Exception {
    execute("CREATE TABLE theirs (x)");
    IOException foreign =
        assertThrows(IOException.class, () -> DataFolder.open(folder, Clock.systemUTC()));
    assertTrue(foreign.getMessage().contains("was not made by this server"), foreign.getMessage());
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    DataFolder.open(folder, Clock.systemUTC()).close();
    execute("PRAGMA user_version = 99");
    IOException newer =
        assertThrows(IOException.class, () -> DataFolder.open(folder, Clock.systemUTC()));
    assertTrue(newer.getMessage().contains("newer server"), newer.getMessage());
  }

  @Test
  void aPathThatIsAFileIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    IOException refused =
        assertThrows(IOException.class, () -> DataFolder.open(file, Clock.systemUTC()));
    assertTrue(refused.getMessage().contains("there is a file of this name"), refused.getMessage());
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
  }

  @Test
  void afterAFullDiskEachAnswerIsTrueAgain() throws Exception {
    try (DataFolder data = DataFolder.open(folder, Clock.systemUTC());
        BatchWriter database = new BatchWriter(data, Duration.ZERO, 0)) {
      assertTrue(insert(database, snapshot("before")));
      database
          .session()
          .run(by -> by.createStatement().execute("PRAGMA max_page_count = 1")); // as a full disk
      List<NewSnapshot> many = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        many.add(snapshot("name-" + i));
      }
      StoreException full =
          assertThrows(StoreException.class, () -> database.write(List.of(), many));
      assertEquals(Outcome.NOTHING_CHANGED, full.outcome());
      assertEquals(1, count());
      assertTrue(insert(database, snapshot("name-0")));
      assertEquals(2, count());
    }
  }

  private static boolean insert(BatchWriter database, NewSnapshot snapshot) {
    return database.write(List.of(), List.of(snapshot)).inserted().get(0).isPresent();
  }

  private int count() throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM snapshots")) {
      return row.getInt(1);
    }
  }

  private static NewSnapshot snapshot(String name) {
    return new NewSnapshot("p", "c", name, "", 500);
  }
}
