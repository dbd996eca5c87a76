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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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
  private static final long NOW = 1_700_000_000_123L;

  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
    database.setTime(NOW);
  }

  private SnapshotStore open() throws IOException {
    return database.store(Duration.ofSeconds(2));
  }

  private static NewSnapshot snapshot(String project, String name) {
    return new NewSnapshot(project, "c", name, "d", 500);
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
    NewSnapshot sent = new NewSnapshot("p", "c", "N-1_x", text, 0.1);
    UUID id;
    try (SnapshotStore store = open()) {
      id = create(store, sent).orElseThrow();
    }
    try (SnapshotStore store = open()) {
      Snapshot kept = find(store, "p", id).orElseThrow();
      assertEquals(
          new Snapshot(
              id, "p", "c", "N-1_x", text, 0.1, Instant.ofEpochMilli(NOW), Optional.empty()),
          kept);
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
  void idsHaveTheirTimeAndNoTwoAreTheSame() {
    TimeOrderedId ids = new TimeOrderedId();
    Set<UUID> made = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      UUID id = ids.of(NOW);
      assertEquals(7, id.version());
      assertEquals(2, id.variant());
      assertEquals(NOW, id.getMostSignificantBits() >>> 16);
      made.add(id);
    }
    assertEquals(10_000, made.size());
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
  void aSnapshotIsFinishedAfterTheTimeThatItsCreationTook() throws Exception {
    UUID slow;
    UUID atOnce;
    try (SnapshotStore store = open()) {
      slow = create(store, snapshot("p", "slow")).orElseThrow();
      assertEquals(Optional.empty(), find(store, "p", slow).orElseThrow().finished());
    }
    try (SnapshotStore store = database.store(Duration.ZERO)) {
      atOnce = create(store, snapshot("p", "at-once")).orElseThrow();
      assertEquals(
          Optional.of(Instant.ofEpochMilli(NOW)),
          find(store, "p", atOnce).orElseThrow().finished());
      assertEquals(Optional.empty(), find(store, "p", slow).orElseThrow().finished());
    }
    for (long later : new long[] {1999, 2000, 2001, 86_400_000}) {
      database.setTime(NOW + later);
      try (SnapshotStore store = database.store(Duration.ofHours(1))) {
        assertEquals(
            later < 2000 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(NOW + 2000)),
            find(store, "p", slow).orElseThrow().finished(),
            "after " + later + " ms, whatever is configured by then");
      }
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
  void aStorageThatIsStuckDelaysTheCloseForOneBatchAtTheMost() throws Exception {
    SnapshotStore store = open();
    try (Connection blocker = database.connect()) {
      database.block(blocker);
      List<CompletableFuture<Optional<UUID>>> answers = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        answers.add(store.create(snapshot("p", "name-" + i)).toCompletableFuture());
      }
      long began = System.nanoTime();
      store.close();
      // Who waits for a lock waits 3 s: ten batches of 512 would take half a minute.
      assertTrue(System.nanoTime() - began < 15_000_000_000L);
      for (CompletableFuture<Optional<UUID>> answer : answers) {
        assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
      }
    }
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
      database.execute(blocker, "ROLLBACK");
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
      database.execute(other, "ALTER TABLE snapshots RENAME TO elsewhere");
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> create(store, snapshot("p", "name")));
      assertEquals(
          Outcome.NOTHING_CHANGED,
          assertInstanceOf(StoreException.class, failed.getCause()).outcome());
      database.execute(other, "ALTER TABLE elsewhere RENAME TO snapshots");
      assertTrue(create(store, snapshot("p", "name")).isPresent());
    }
  }
}
