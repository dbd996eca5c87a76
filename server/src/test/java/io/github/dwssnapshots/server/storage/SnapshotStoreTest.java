package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store promises, on each database that it can have. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SnapshotStoreTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
  }

  private SnapshotStore open() throws IOException {
    return database.store();
  }

  private static NewSnapshot snapshot(String project, String name) {
    return StoreFixture.snapshot(project, "c", name);
  }

  private static Optional<UUID> create(SnapshotStore store, NewSnapshot snapshot) throws Exception {
    return store.create(snapshot).toCompletableFuture().get();
  }

  private static Optional<Snapshot> find(SnapshotStore store, String project, UUID id)
      throws Exception {
    return store.find(project, id).toCompletableFuture().get();
  }

  private static boolean delete(SnapshotStore store, String project, UUID id) throws Exception {
    return store.delete(project, id).toCompletableFuture().get();
  }

  @Test
  void aNameIsTakenInItsProjectInEitherCase() throws Exception {
    try (SnapshotStore store = open()) {
      assertTrue(create(store, snapshot("p", "Name")).isPresent());
      assertTrue(create(store, snapshot("p", "nAME")).isEmpty());
      assertTrue(create(store, snapshot("P", "name")).isPresent());
    }
  }

  @Test
  void whatIsStoredIsThereAfterwardsAsItWasSent() throws Exception {
    String text = "\u0001ä\r\n\ud83d\ude00\uffff\u202e".repeat(20);
    NewSnapshot sent = new NewSnapshot("p", "c", "N-1_x", text, 0.1, Duration.ofHours(1));
    long before = System.currentTimeMillis() - 1;
    UUID id;
    try (SnapshotStore store = open()) {
      id = create(store, sent).orElseThrow();
    }
    try (SnapshotStore store = open()) {
      Snapshot kept = find(store, "p", id).orElseThrow();
      assertEquals(
          new Snapshot(id, "c", "N-1_x", text, 0.1, kept.started(), Optional.empty(), kept.seq()),
          kept);
      long started = kept.started().toEpochMilli();
      assertTrue(before <= started && started <= System.currentTimeMillis() + 1, "in milliseconds");
      assertTrue(create(store, snapshot("p", "n-1_X")).isEmpty());
    }
  }

  @Test
  void anIdIsFoundInItsProjectOnly() throws Exception {
    try (SnapshotStore store = open()) {
      UUID id = create(store, snapshot("p", "name")).orElseThrow();
      assertTrue(find(store, "p", id).isPresent());
      assertTrue(find(store, "q", id).isEmpty());
      assertTrue(find(store, "p", UUID.randomUUID()).isEmpty());
      assertFalse(delete(store, "q", id));
      assertTrue(find(store, "p", id).isPresent());
    }
  }

  @Test
  void idsAreUniqueAndOrderedByTime() throws Exception {
    try (SnapshotStore store = open()) {
      Set<UUID> made = new HashSet<>();
      for (int i = 0; i < 10_000; i++) {
        long before = System.currentTimeMillis();
        UUID id = store.timeOrderedId();
        assertEquals(7, id.version());
        assertEquals(2, id.variant());
        long millis = id.getMostSignificantBits() >>> 16;
        assertTrue(before <= millis && millis <= System.currentTimeMillis());
        made.add(id);
      }
      assertEquals(10_000, made.size());
    }
  }

  @Test
  void deletingIsFinalAndFreesTheName() throws Exception {
    try (SnapshotStore store = open()) {
      UUID first = create(store, snapshot("p", "name")).orElseThrow();
      assertTrue(delete(store, "p", first));
      assertTrue(find(store, "p", first).isEmpty());
      assertFalse(delete(store, "p", first));
      UUID second = create(store, snapshot("p", "NAME")).orElseThrow();
      assertNotEquals(first, second);
      assertFalse(delete(store, "p", first));
      assertTrue(find(store, "p", second).isPresent());
    }
  }

  @Test
  void ofManyWhoDeleteTogetherOneDoes() throws Exception {
    try (SnapshotStore store = open()) {
      UUID id = create(store, snapshot("p", "name")).orElseThrow();
      List<CompletableFuture<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        answers.add(store.delete("p", id).toCompletableFuture());
      }
      int deleted = 0;
      for (CompletableFuture<Boolean> answer : answers) {
        deleted += answer.get() ? 1 : 0;
      }
      assertEquals(1, deleted);
    }
  }

  @Test
  void aSnapshotIsFinishedWhenItsCreationTimeHasPassed() throws Exception {
    try (SnapshotStore store = open()) {
      NewSnapshot atOnce = new NewSnapshot("p", "c", "at-once", "", 500, Duration.ZERO);
      Snapshot finished = find(store, "p", create(store, atOnce).orElseThrow()).orElseThrow();
      assertEquals(Optional.of(finished.started()), finished.finished());
      NewSnapshot slow = new NewSnapshot("p", "c", "slow", "", 500, Duration.ofHours(1));
      UUID id = create(store, slow).orElseThrow();
      assertEquals(Optional.empty(), find(store, "p", id).orElseThrow().finished());
      String almost = "UPDATE snapshots SET started = started - %1$d, finished = finished - %1$d";
      database.execute(almost.formatted(3_590_000) + " WHERE name = 'slow'");
      assertEquals(Optional.empty(), find(store, "p", id).orElseThrow().finished());
      database.execute(almost.formatted(10_000) + " WHERE name = 'slow'");
      Snapshot done = find(store, "p", id).orElseThrow();
      assertEquals(Optional.of(done.started().plusSeconds(3600)), done.finished());
    }
  }

  @Test
  void aDeletionCountsForItsOwnProjectOnly() throws Exception {
    try (SnapshotStore store = open();
        Connection blocker = database.connect()) {
      UUID id = create(store, snapshot("p", "name")).orElseThrow();
      create(store, snapshot("q", "name"));
      database.block(blocker); // so that the deletions share a batch
      CompletableFuture<Optional<UUID>> first =
          store.create(snapshot("p", "first")).toCompletableFuture();
      List<CompletableFuture<Boolean>> deletions = new ArrayList<>();
      for (String project : List.of("q", "nowhere", "p", "p")) {
        deletions.add(store.delete(project, id).toCompletableFuture());
      }
      StoreFixture.execute(blocker, "ROLLBACK");
      first.get();
      List<Boolean> results = new ArrayList<>();
      for (CompletableFuture<Boolean> deletion : deletions) {
        results.add(deletion.get());
      }
      assertEquals(List.of(false, false), results.subList(0, 2));
      assertEquals(1, results.stream().filter(done -> done).count());
    }
  }

  @Test
  void ofManyWhoWaitTogetherOneGetsTheNameAndAllAreAnswered() throws Exception {
    try (SnapshotStore store = open()) {
      List<CompletableFuture<Optional<UUID>>> answers = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i % 500)).toCompletableFuture());
      }
      int stored = 0;
      for (CompletableFuture<Optional<UUID>> answer : answers) {
        stored += answer.get().isPresent() ? 1 : 0;
      }
      assertEquals(500, stored);
    }
  }

  @Test
  void closingFinishesWhatWasAskedAndRefusesTheRest() throws Exception {
    SnapshotStore store = open();
    List<CompletableFuture<Optional<UUID>>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
    }
    store.close();
    for (CompletableFuture<Optional<UUID>> answer : answers) {
      assertTrue(answer.get().isPresent());
    }
    ExecutionException late =
        assertThrows(ExecutionException.class, () -> create(store, snapshot("p", "late")));
    assertEquals(
        Outcome.NOTHING_CHANGED, assertInstanceOf(StoreException.class, late.getCause()).outcome());
  }

  @Test
  void moreThanCanWaitIsRefusedAtOnceAndNothingOfItIsStored() throws Exception {
    try (SnapshotStore store = open();
        Connection blocker = database.connect()) {
      database.block(blocker);
      List<CompletableFuture<Optional<UUID>>> answers = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
      }
      assertTrue(answers.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
      StoreFixture.execute(blocker, "ROLLBACK");
      int stored = 0;
      for (CompletableFuture<Optional<UUID>> answer : answers) {
        stored += answer.handle((created, refused) -> refused == null ? 1 : 0).get();
      }
      assertEquals(stored, database.number("SELECT count(*) FROM snapshots"));
    }
  }

  @Test
  void aStorageThatFailsSaysSoAndServesAgainOnceItCan() throws Exception {
    try (SnapshotStore store = open();
        Connection other = database.connect()) {
      StoreFixture.execute(other, "ALTER TABLE snapshots RENAME TO elsewhere");
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> create(store, snapshot("p", "name")));
      assertEquals(
          Outcome.NOTHING_CHANGED,
          assertInstanceOf(StoreException.class, failed.getCause()).outcome());
      StoreFixture.execute(other, "ALTER TABLE elsewhere RENAME TO snapshots");
      assertTrue(create(store, snapshot("p", "name")).isPresent());
    }
  }
}
