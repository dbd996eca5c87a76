package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static io.github.dwssnapshots.server.storage.StoreFixture.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables that a server creates, updates and rejects, on each database. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SchemaTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
  }

  /** The server's schema with a second version, which adds a column. */
  private Schema next() throws IOException {
    String folder = "storage/next/" + (kind == DatabaseKind.SQLITE ? "sqlite" : "postgresql");
    List<String> scripts = new ArrayList<>(database.schema().scripts());
    for (String script : scripts) {
      Files.copy(
          Path.of("src/main/resources", database.schema().folder(), script),
          Path.of("target/test-classes", folder, script),
          StandardCopyOption.REPLACE_EXISTING);
    }
    scripts.add("V3__owner.sql");
    return new Schema(folder, scripts);
  }

  private void assertRefused(String why) {
    String message = assertThrows(IOException.class, () -> database.open()).getMessage();
    assertTrue(message.contains(why), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void olderTablesAreUpdatedWithTheirData() throws Exception {
    UUID id;
    try (SnapshotStore store = database.store()) {
      id = get(store.create(snapshot("p", "c", "name"))).orElseThrow();
    }
    database.open(next()).close();
    assertEquals("3", database.lines("SELECT version FROM snapshots_schema").strip());
    assertEquals("nobody", database.lines("SELECT owner FROM snapshots").strip());
    try (SnapshotStore store = new SnapshotStore(database.open(next()))) {
      assertTrue(get(store.find("p", id)).isPresent());
      assertTrue(get(store.create(snapshot("p", "c", "NAME"))).isEmpty());
    }
    assertRefused("has tables of version 3, of a newer server");
  }

  @Test
  void tablesOfVersion1AreUpdatedWithTheirData() throws Exception {
    List<String> first = database.schema().scripts().subList(0, 1);
    database.open(new Schema(database.schema().folder(), first)).close();
    UUID id = UUID.randomUUID();
    String bytes = id.toString().replace("-", "");
    database.execute(
        "INSERT INTO projects (id) VALUES ('p')",
        "INSERT INTO clusters (id, project) VALUES ('c', 1)",
        "INSERT INTO snapshots (id, project, cluster, name, description, size_gb, started, finished)"
            + " VALUES ("
            + (kind == DatabaseKind.SQLITE ? "x'" + bytes + "'" : "'" + id + "'")
            + ", 1, 1, 'of-version-1', 'd', 500, 1000, 3000)");
    try (SnapshotStore store = new SnapshotStore(database.open())) {
      Snapshot found = get(store.find("p", id)).orElseThrow();
      assertEquals("of-version-1", found.name());
      assertEquals(Instant.ofEpochMilli(3000), found.finished().orElseThrow());
      assertFalse(found.fails());
      assertTrue(get(store.create(snapshot("p", "c", "OF-VERSION-1"))).isEmpty());
    }
  }

  @Test
  void failedUpdateLeavesTheTablesUnchanged() throws Exception {
    database.open().close();
    database.execute("ALTER TABLE snapshots ADD COLUMN owner TEXT");
    String message = assertThrows(IOException.class, () -> database.open(next())).getMessage();
    assertTrue(message.contains("cannot be updated"), message);
    assertEquals(1, message.lines().count(), message);
    assertEquals("2", database.lines("SELECT version FROM snapshots_schema").strip());
    database.open().close();
  }

  @Test
  void newDatabaseHasTheTablesOfAnUpdatedOne(@TempDir Path other) throws Exception {
    database.open().close();
    database.open(next()).close();
    StoreFixture fresh = StoreFixture.of(kind, other);
    fresh.open(next()).close();
    String tables =
        kind == DatabaseKind.SQLITE
            ? "SELECT name || sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE"
                + " 'snapshots_migrations%' ORDER BY name"
            : "SELECT table_name || column_name || data_type FROM information_schema.columns WHERE"
                + " table_schema = 'public' AND table_name <> 'snapshots_migrations' ORDER BY 1";
    assertEquals(fresh.lines(tables), database.lines(tables));
  }

  @Test
  void tablesOfAnotherProgramAreRejectedInOneLine() throws Exception {
    database.execute("CREATE TABLE snapshots (x INTEGER)");
    assertRefused("of release 1.x, which cannot be used, or of another program");
  }

  @Test
  void scriptsAreThoseOfTheDirectory() throws IOException {
    Schema schema = database.schema();
    try (Stream<Path> files = Files.list(Path.of("src/main/resources", schema.folder()))) {
      assertEquals(
          schema.scripts(), files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }
}
