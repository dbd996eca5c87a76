package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which SQLite file is accepted, and how an older one is brought up to date. */
class SqliteSchemaTest {
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
    Clock inTenYears = Clock.offset(Clock.systemUTC(), Duration.ofDays(3650));
    ForwardClock later = new ForwardClock(inTenYears, System::nanoTime);
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
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()))
            .getMessage();
    assertTrue(message.contains("snapshots.db could not be brought up to date"), message);
    assertEquals(1, message.lines().count(), message);
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
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    List<String> broughtUpToDate = tables();
    Files.delete(folder.resolve("snapshots.db"));
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
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
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    byte[] before = Files.readAllBytes(folder.resolve("snapshots.db"));
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
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
  void whatIsNoDatabaseOfThisServersIsRefused() throws Exception {
    Files.writeString(folder.resolve("snapshots.db"), "this is a text and no database".repeat(50));
    IOException foreign =
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()));
    assertTrue(foreign.getMessage().contains("snapshots.db"), foreign.getMessage());
  }

  @Test
  void aFileThatWasCutOffIsRefused() throws Exception {
    writtenBy100();
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    byte[] bytes = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(bytes, bytes.length / 2));
    assertDamaged();
  }

  @Test
  void aFileWithADamagedPageIsRefused() throws Exception {
    writtenBy100();
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    byte[] bytes = Files.readAllBytes(file());
    int page = bytes.length / 4096 / 2 * 4096;
    Arrays.fill(bytes, page, page + 4096, (byte) 'x');
    Files.write(file(), bytes);
    assertDamaged();
  }

  private void assertDamaged() {
    String message =
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()))
            .getMessage();
    assertTrue(message.startsWith("the database " + file() + " is damaged: "), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void aDatabaseOfAnotherProgramsIsRefused() throws Exception {
    execute("CREATE TABLE theirs (x)");
    IOException foreign =
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()));
    assertTrue(foreign.getMessage().contains("was not made by this server"), foreign.getMessage());
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
    execute("PRAGMA user_version = 99");
    IOException newer =
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()));
    assertTrue(newer.getMessage().contains("newer server"), newer.getMessage());
  }

  private Path file() {
    return folder.resolve("snapshots.db");
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
  }
}
