package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The queue of changes: batches, limits, failures and the end, on each database. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SnapshotWriterTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
  }

  private static NewSnapshot snapshot(String project, String name) {
    return StoreFixture.snapshot(project, "c", name);
  }

  private static Optional<UUID> create(SnapshotStore store, NewSnapshot snapshot) throws Exception {
    return store.create(snapshot).toCompletableFuture().get();
  }

  @Test
  void concurrentDeletionsSucceedOnce() throws Exception {
    try (SnapshotStore store = database.store()) {
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
  void deletionAppliesToItsProjectOnly() throws Exception {
    try (SnapshotStore store = database.store();
        Connection blocker = database.connect()) {
      UUID id = create(store, snapshot("p", "name")).orElseThrow();
      create(store, snapshot("q", "name"));
      database.block(blocker); // the deletions then share a batch
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
  void concurrentCreationsOfOneNameSucceedOnce() throws Exception {
    try (SnapshotStore store = database.store()) {
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
  void closeFinishesWaitingChangesAndRejectsNewOnes() throws Exception {
    SnapshotStore store = database.store();
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
  void creationsAboveTheLimitAreRejectedAndNotStored() throws Exception {
    try (SnapshotStore store = database.store();
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
  void failureIsReportedAndServiceRecovers() throws Exception {
    try (SnapshotStore store = database.store();
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
