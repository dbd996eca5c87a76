package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static io.github.dwssnapshots.server.storage.StoreFixture.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.StoreFixture.InPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several servers, and many changes at a time, on one PostgreSQL database. */
class PostgreSqlConcurrencyTest {
  private InPostgres database;

  @BeforeEach
  void make() throws SQLException {
    database = InPostgres.fresh();
  }

  @Test
  void concurrentStartsOnAnEmptyDatabaseSucceed() throws Exception {
    List<CompletableFuture<Database>> opened = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      opened.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return database.open();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task).start()));
    }
    for (CompletableFuture<Database> each : opened) {
      each.get().close();
    }
    assertEquals(1, database.number("SELECT count(*) FROM snapshots_schema"));
  }

  @Test
  void waitingChangesShareCommits() throws Exception {
    try (SnapshotStore store = database.store()) {
      List<CompletionStage<Optional<UUID>>> created = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        created.add(store.create(snapshot("p", "c", "name-" + i)));
      }
      for (CompletionStage<Optional<UUID>> each : created) {
        assertTrue(get(each).isPresent());
      }
      long commits = database.number("SELECT count(DISTINCT xmin::text) FROM snapshots");
      assertTrue(commits < 400, commits + " commits");
    }
  }

  @Test
  void concurrentCreationsDoNotDeadlock() throws Exception {
    try (SnapshotStore one = database.store();
        SnapshotStore other = database.store()) {
      List<UUID> ids = List.of();
      for (int round = 0; round < 20; round++) {
        // Each deleted name is created again at the same time.
        List<CompletionStage<Boolean>> deleted = new ArrayList<>();
        List<CompletionStage<Optional<UUID>>> created = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          if (i < ids.size()) {
            deleted.add((i % 2 == 0 ? one : other).delete("p", ids.get(i)));
          }
          created.add(one.create(snapshot("p", "c", "name-" + i)));
          created.add(other.create(snapshot("p", "c", "name-" + (199 - i))));
        }
        for (CompletionStage<Boolean> each : deleted) {
          assertTrue(get(each));
        }
        List<UUID> fresh = new ArrayList<>();
        for (CompletionStage<Optional<UUID>> each : created) {
          get(each).ifPresent(fresh::add);
        }
        ids = fresh;
      }
    }
    assertNoDeadlock();
  }

  @Test
  void concurrentDeletionsDoNotDeadlock() throws Exception {
    try (SnapshotStore one = database.store();
        SnapshotStore other = database.store()) {
      for (int round = 0; round < 10; round++) {
        List<CompletionStage<Optional<UUID>>> created = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          created.add(one.create(snapshot("p", "c", "name-" + i)));
        }
        List<UUID> ids = new ArrayList<>();
        for (CompletionStage<Optional<UUID>> each : created) {
          ids.add(get(each).orElseThrow());
        }
        List<CompletionStage<Boolean>> ofOne = new ArrayList<>();
        Deque<CompletionStage<Boolean>> ofOther = new ArrayDeque<>();
        for (int i = 0; i < ids.size(); i++) {
          ofOne.add(one.delete("p", ids.get(i)));
          ofOther.addFirst(other.delete("p", ids.get(ids.size() - 1 - i)));
        }
        for (int i = 0; i < ids.size(); i++) {
          assertTrue(get(ofOne.get(i)) ^ get(ofOther.removeFirst()));
        }
      }
    }
    assertNoDeadlock();
  }

  private void assertNoDeadlock() throws Exception {
    // PostgreSQL reports the deadlocks of a connection when it ends at the latest.
    String connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
    while (database.number(connections) > 1) {
      Thread.sleep(10);
    }
    assertEquals(
        0,
        database.number(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = '" + database.name + "'"));
  }
}
