package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.SnapshotStore.Creation;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store promises, on a real file. */
class SnapshotStoreTest {
  @TempDir Path folder;

  private static Snapshot snapshot(String project, String name) {
    return new Snapshot(
        UUID.randomUUID(), project, "c", name, "d", Instant.ofEpochMilli(1_700_000_000_123L));
  }

  private static Creation create(SnapshotStore store, Snapshot snapshot) throws Exception {
    return store.create(snapshot).toCompletableFuture().get();
  }

  @Test
  void aNameIsTakenInItsProjectInEitherCase() throws Exception {
    try (SnapshotStore store = SnapshotStore.open(folder)) {
      assertEquals(Creation.STORED, create(store, snapshot("p", "Name")));
      assertEquals(Creation.NAME_TAKEN, create(store, snapshot("p", "nAME")));
      assertEquals(Creation.STORED, create(store, snapshot("P", "name")));
    }
  }

  @Test
  void whatIsStoredIsThereAfterwardsAsItWasSent() throws Exception {
    Snapshot sent =
        new Snapshot(
            UUID.randomUUID(),
            "p",
            "c",
            "N-1_x",
            "ä\n\ud83d\ude00",
            Instant.ofEpochMilli(1_700_000_000_123L));
    try (SnapshotStore store = SnapshotStore.open(folder)) {
      create(store, sent);
    }
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM snapshots")) {
      Snapshot kept =
          new Snapshot(
              UUID.fromString(row.getString("id")),
              row.getString("project_id"),
              row.getString("cluster_id"),
              row.getString("name"),
              row.getString("description"),
              Instant.ofEpochMilli(row.getLong("started")));
      assertEquals(sent, kept);
    }
    try (SnapshotStore store = SnapshotStore.open(folder)) {
      assertEquals(Creation.NAME_TAKEN, create(store, snapshot("p", "n-1_X")));
    }
  }

  @Test
  void ofManyWhoWaitTogetherOneGetsTheNameAndAllAreAnswered() throws Exception {
    try (SnapshotStore store = SnapshotStore.open(folder)) {
      List<CompletableFuture<Creation>> answers = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i % 500)).toCompletableFuture());
      }
      int stored = 0;
      for (CompletableFuture<Creation> answer : answers) {
        stored += answer.get() == Creation.STORED ? 1 : 0;
      }
      assertEquals(500, stored);
    }
  }

  @Test
  void closingFinishesWhatWasAskedAndRefusesTheRest() throws Exception {
    SnapshotStore store = SnapshotStore.open(folder);
    List<CompletableFuture<Creation>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
    }
    store.close();
    for (CompletableFuture<Creation> answer : answers) {
      assertEquals(Creation.STORED, answer.get());
    }
    ExecutionException late =
        assertThrows(ExecutionException.class, () -> create(store, snapshot("p", "late")));
    assertEquals(
        Outcome.NOTHING_STORED, assertInstanceOf(StoreException.class, late.getCause()).outcome());
  }

  @Test
  void aStorageThatIsStuckDelaysTheCloseForOneBatchAtTheMost() throws Exception {
    SnapshotStore store = SnapshotStore.open(folder);
    try (Connection blocker = database();
        Statement statement = blocker.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      List<CompletableFuture<Creation>> answers = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
      }
      long began = System.nanoTime();
      store.close();
      // The driver waits 3 s for a lock: ten batches of 512 would take half a minute.
      assertTrue(System.nanoTime() - began < 15_000_000_000L);
      for (CompletableFuture<Creation> answer : answers) {
        assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void moreThanCanWaitIsRefusedAtOnceAndNothingOfItIsStored() throws Exception {
    try (SnapshotStore store = SnapshotStore.open(folder);
        Connection blocker = database();
        Statement statement = blocker.createStatement()) {
      statement.execute("BEGIN IMMEDIATE"); // the writer waits for this one
      List<CompletableFuture<Creation>> answers = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
      }
      assertTrue(answers.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
      statement.execute("ROLLBACK");
      int stored = 0;
      for (CompletableFuture<Creation> answer : answers) {
        stored += answer.handle((creation, refused) -> refused == null ? 1 : 0).get();
      }
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM snapshots")) {
        assertEquals(stored, count.getInt(1));
      }
    }
  }

  @Test
  void aStorageThatFailsSaysSoAndServesAgainOnceItCan() throws Exception {
    try (SnapshotStore store = SnapshotStore.open(folder);
        Connection other = database();
        Statement statement = other.createStatement()) {
      statement.execute("ALTER TABLE snapshots RENAME TO elsewhere");
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> create(store, snapshot("p", "name")));
      assertEquals(
          Outcome.NOTHING_STORED,
          assertInstanceOf(StoreException.class, failed.getCause()).outcome());
      statement.execute("ALTER TABLE elsewhere RENAME TO snapshots");
      assertEquals(Creation.STORED, create(store, snapshot("p", "name")));
    }
  }

  @Test
  void afterAFullDiskEachAnswerIsTrueAgain() throws Exception {
    try (DataFolder data = DataFolder.open(folder);
        InsertBatch database = new InsertBatch(data)) {
      assertTrue(database.insert(List.of(snapshot("p", "before")))[0]);
      try (Statement statement = database.connected().createStatement()) {
        statement.execute("PRAGMA max_page_count = 1"); // to SQLite the same as a full disk
      }
      List<Snapshot> many = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        many.add(snapshot("p", "name-" + i));
      }
      StoreException full = assertThrows(StoreException.class, () -> database.insert(many));
      assertEquals(Outcome.NOTHING_STORED, full.outcome());
      assertEquals(1, count());
      assertTrue(database.insert(List.of(snapshot("p", "name-0")))[0]);
      assertEquals(2, count());
    }
  }

  private int count() throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM snapshots")) {
      return row.getInt(1);
    }
  }

  @Test
  void eachCommitIsSynced() throws Exception {
    DataFolder data = DataFolder.open(folder);
    try (Connection connection = data.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA synchronous")) {
        assertEquals(2, row.getInt(1), "FULL");
      }
      try (ResultSet row = statement.executeQuery("PRAGMA journal_mode")) {
        assertEquals("wal", row.getString(1));
      }
    } finally {
      data.close();
    }
  }

  @Test
  void aFolderIsForOneServer() throws IOException {
    SnapshotStore first = SnapshotStore.open(folder);
    IOException inUse = assertThrows(IOException.class, () -> SnapshotStore.open(folder));
    assertTrue(inUse.getMessage().contains("another server uses it"), inUse.getMessage());
    first.close();
    SnapshotStore.open(folder).close();
  }

  @Test
  void whatIsNoDatabaseOfThisServersIsRefused() throws Exception {
    Files.writeString(folder.resolve("snapshots.db"), "this is a text and no database".repeat(50));
    IOException foreign = assertThrows(IOException.class, () -> SnapshotStore.open(folder));
    assertTrue(foreign.getMessage().contains("snapshots.db"), foreign.getMessage());
  }

  @Test
  void aDatabaseOfAnotherProgramsIsRefused() throws Exception {
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE theirs (x)");
    }
    IOException foreign = assertThrows(IOException.class, () -> SnapshotStore.open(folder));
    assertTrue(foreign.getMessage().contains("was not made by this server"), foreign.getMessage());
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    SnapshotStore.open(folder).close();
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    IOException newer = assertThrows(IOException.class, () -> SnapshotStore.open(folder));
    assertTrue(newer.getMessage().contains("newer server"), newer.getMessage());
  }

  @Test
  void aPathThatIsAFileIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    IOException refused = assertThrows(IOException.class, () -> SnapshotStore.open(file));
    assertTrue(refused.getMessage().contains("there is a file of this name"), refused.getMessage());
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
  }
}
