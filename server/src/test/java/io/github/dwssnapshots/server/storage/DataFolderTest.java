package io.github.dwssnapshots.server.storage;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose folder it is, and what a full disk and a clock that is set back do to it. */
class DataFolderTest {
  @TempDir Path folder;

  @Test
  void eachCommitIsSynced() throws Exception {
    try (DataFolder data = DataFolder.open(folder, ForwardClock.ofSystem());
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
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
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
    UUID young;
    try (SnapshotStore store =
        SnapshotStore.inFolder(folder, new ForwardClock(system, nanos::get), second)) {
      old = store.create(snapshot("old")).toCompletableFuture().get().orElseThrow();
      system.add(1000);
      assertTrue(isFinished(store, old));
      system.add(-3_600_000);
      assertTrue(isFinished(store, old));
      young = store.create(snapshot("young")).toCompletableFuture().get().orElseThrow();
      assertFalse(isFinished(store, young));
      nanos.addAndGet(1_000_000_000L);
      assertTrue(isFinished(store, young), "an hour is not waited for");
    }
    try (SnapshotStore store =
        SnapshotStore.inFolder(folder, new ForwardClock(system, nanos::get), second)) {
      assertTrue(isFinished(store, old), "after a restart, too");
      assertTrue(isFinished(store, young), "after a restart, too");
      UUID last = store.create(snapshot("last")).toCompletableFuture().get().orElseThrow();
      nanos.addAndGet(1_000_000_000L);
      assertTrue(isFinished(store, last));
      system.add(2 * 3_600_000);
      UUID right = store.create(snapshot("right")).toCompletableFuture().get().orElseThrow();
      Instant started = store.find("p", right).toCompletableFuture().get().orElseThrow().started();
      assertEquals(system.instant(), started, "once it has been put right, it is right");
      assertEquals(right, store.list("p").next().toCompletableFuture().get().get(0).id());
    }
  }

  private static boolean isFinished(SnapshotStore store, UUID id) throws Exception {
    return store.find("p", id).toCompletableFuture().get().orElseThrow().finished().isPresent();
  }

  @Test
  void aFolderIsForOneServer() throws IOException {
    DataFolder first = DataFolder.open(folder, ForwardClock.ofSystem());
    IOException inUse =
        assertThrows(IOException.class, () -> DataFolder.open(folder, ForwardClock.ofSystem()));
    assertTrue(inUse.getMessage().contains("another server uses it"), inUse.getMessage());
    first.close();
    DataFolder.open(folder, ForwardClock.ofSystem()).close();
  }

  @Test
  void aPathThatIsAFileIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    IOException refused =
        assertThrows(IOException.class, () -> DataFolder.open(file, ForwardClock.ofSystem()));
    assertTrue(refused.getMessage().contains("there is a file of this name"), refused.getMessage());
  }

  @Test
  void aPathThatLooksLikeAUriIsAPath() throws IOException {
    Path odd = Path.of("file:target", "odd"); // to SQLite another name for target/odd
    DataFolder.open(odd, ForwardClock.ofSystem()).close();
    for (Path made : List.of(odd.resolve("snapshots.db"), odd.resolve("lock.db"))) {
      Files.delete(made);
    }
    Files.delete(odd);
    Files.delete(odd.getParent());
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
  }

  @Test
  void theLogIsWrittenOverAgainAndAgain() throws Exception {
    try (DataFolder data = DataFolder.open(folder, ForwardClock.ofSystem());
        BatchWriter database = new BatchWriter(data, Duration.ZERO, 0)) {
      for (int i = 0; i < 500; i++) { // each writes some ten pages of 4 KiB
        assertTrue(insert(database, snapshot("name-" + i)));
      }
      long bytes = Files.size(folder.resolve("snapshots.db-wal"));
      assertTrue(bytes < 6 << 20, "the log has " + bytes + " bytes"); // 1,000 pages are 4 MiB
    }
  }

  @Test
  void afterAFullDiskEachAnswerIsTrueAgain() throws Exception {
    try (DataFolder data = DataFolder.open(folder, ForwardClock.ofSystem());
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

  @ParameterizedTest
  @ValueSource(strings = {"snapshots.db", "snapshots.db-wal", "lock.db"})
  void whatWouldBeLostWithADeletedFileIsRefused(String name) throws Exception {
    try (DataFolder data = DataFolder.open(folder, ForwardClock.ofSystem());
        BatchWriter database = new BatchWriter(data, Duration.ZERO, 0)) {
      assertTrue(insert(database, snapshot("before")));
      Path file = folder.resolve(name);
      Files.delete(file);
      assertLost(database, name + " is not there any more");
      Files.createFile(folder.resolve("another"));
      Files.move(folder.resolve("another"), file, REPLACE_EXISTING);
      assertLost(database, "is another file than at the start");
    }
  }

  private static void assertLost(BatchWriter database, String why) {
    StoreException lost =
        assertThrows(StoreException.class, () -> insert(database, snapshot("after")));
    assertEquals(Outcome.NOTHING_CHANGED, lost.outcome());
    assertTrue(lost.getMessage().contains(why), lost.getMessage());
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
