package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What others do to a database that one shares with them. */
class PostgreSqlTest extends OnPostgreSql {
  @Test
  void acknowledgedIsOnDiskWhateverTheDefaultIs() throws Exception {
    for (String[] setting : new String[][] {{"off", "on"}, {"remote_apply", "remote_apply"}}) {
      server.execute(
          "postgres", "ALTER DATABASE " + name + " SET synchronous_commit = " + setting[0]);
      try (Database database = open();
          Connection connection = database.connect()) {
        assertEquals(setting[1], value(connection, "SHOW synchronous_commit"));
        assertEquals("on", value(connection, "SHOW fsync"));
      }
    }
  }

  @Test
  void whatHasQueuedUpSharesCommits() throws Exception {
    try (SnapshotStore store = store()) {
      List<CompletionStage<?>> created = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        created.add(store.create(snapshot("name-" + i)));
      }
      for (CompletionStage<?> each : created) {
        get(each);
      }
      int commits = Integer.parseInt(value("SELECT count(DISTINCT xmin::text) FROM snapshots"));
      assertTrue(commits < 400, commits + " commits");
    }
  }

  @Test
  void aPageAndItsCountAreOfOneMoment() throws Exception {
    try (Database database = open();
        SnapshotReader reader = new SnapshotReader(database);
        SnapshotStore store = store()) {
      Selection list = new Selection("p", Optional.of("c"), OrderBy.NAME, false);
      for (int i = 0; i < 300; i++) {
        CompletableFuture<?> created = store.create(snapshot("name-" + i)).toCompletableFuture();
        while (!created.isDone()) {
          SnapshotReader.CountedRows page = reader.rows(list, 0, 1000);
          assertEquals(page.count(), page.rows().snapshots().size());
        }
      }
    }
  }

  @Test
  void twoWhoWantTheSameNamesWaitForEachOtherInOneOrder() throws Exception {
    try (SnapshotStore one = store();
        SnapshotStore other = store()) {
      List<UUID> ids = List.of();
      for (int round = 0; round < 20; round++) {
        // Of the names that are being deleted each is wanted again at the same time.
        List<CompletionStage<Boolean>> deleted = new ArrayList<>();
        List<CompletionStage<Optional<UUID>>> created = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          if (i < ids.size()) {
            deleted.add((i % 2 == 0 ? one : other).delete("p", ids.get(i)));
          }
          created.add(one.create(snapshot("name-" + i)));
          created.add(other.create(snapshot("name-" + (199 - i))));
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
    // A connection's deadlocks are counted when it ends at the latest.
    while (!value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        .equals("1")) {
      Thread.sleep(10);
    }
    assertEquals(
        "0", value("SELECT deadlocks FROM pg_stat_database WHERE datname = '" + name + "'"));
  }

  @Test
  void whatGaveWayIsTriedAgainSoOftenAndNothingElseIs() throws Exception {
    try (Database database = open();
        Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      for (String state : List.of("40001", "40P01")) {
        AtomicInteger tries = new AtomicInteger();
        assertEquals(
            3,
            session.<Integer>transaction(
                by -> {
                  if (tries.incrementAndGet() < 3) {
                    raise(by, state);
                  }
                  return tries.get();
                }));
        assertEquals(8, triesUntilItFails(session, state));
      }
      for (String state : List.of("23505", "53100", "55P03")) {
        assertEquals(1, triesUntilItFails(session, state));
      }
      assertEquals(Optional.empty(), database.away());
    }
  }

  private static int triesUntilItFails(Session session, String state) {
    AtomicInteger tries = new AtomicInteger();
    StoreException failed =
        assertThrows(
            StoreException.class,
            () ->
                session.transaction(
                    by -> {
                      tries.incrementAndGet();
                      raise(by, state);
                      return 0;
                    }));
    assertEquals(Outcome.NOTHING_CHANGED, failed.outcome());
    assertEquals("the database failed: ERROR: x (" + state + ")", failed.getMessage());
    return tries.get();
  }

  private static void raise(Connection by, String state) throws SQLException {
    try (Statement statement = by.createStatement()) {
      statement.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + state + "'; END $$");
    }
  }

  @Test
  void whatAClientHasSentIsInNoMessage() throws Exception {
    try (SnapshotStore store = store()) {
      server.execute(
          name, "ALTER TABLE snapshots ADD CHECK (description <> E'x\\n2026 INFO forged')");
      StoreException refused =
          failure(store.create(new NewSnapshot("p", "c", "name", "x\n2026 INFO forged", 500)));
      assertTrue(refused.getMessage().contains("check constraint"), refused.getMessage());
      assertEquals(-1, refused.getMessage().indexOf("forged"));
      assertEquals(1, refused.getMessage().lines().count());
    }
  }

  @Test
  void whatIsLeftOffHalfwayIsNotCommittedByTheNext() throws Exception {
    try (Database database = open();
        Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      assertThrows(
          StackOverflowError.class,
          () ->
              session.transaction(
                  by -> {
                    try (Statement statement = by.createStatement()) {
                      statement.execute("INSERT INTO cluster_counts VALUES (1, 0, 1)");
                    }
                    throw new StackOverflowError();
                  }));
      session.transaction(by -> value(by, "SELECT 1"));
      assertEquals("0", value("SELECT count(*) FROM cluster_counts"));
    }
  }
}
