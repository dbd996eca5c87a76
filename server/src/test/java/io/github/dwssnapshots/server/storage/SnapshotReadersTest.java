package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rejected and failed reads. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SnapshotReadersTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
  }

  @Test
  void readsAboveTheLimitFailFast() throws Exception {
    try (Database data = database.open()) {
      SnapshotReaders readers = new SnapshotReaders(data);
      CountDownLatch stuck = new CountDownLatch(1);
      List<CompletableFuture<Boolean>> answers = new ArrayList<>();
      int most = SnapshotReaders.MAX_WAITING + data.readers();
      for (int i = 0; i < most + 10; i++) {
        answers.add(readers.read(session -> await(stuck)).toCompletableFuture());
      }
      long refused = answers.stream().filter(CompletableFuture::isCompletedExceptionally).count();
      assertTrue(refused >= 10 && refused < 20, "refused: " + refused);
      stuck.countDown();
      assertTrue(answers.get(0).get(10, TimeUnit.SECONDS));
      readers.close();
      assertEquals(
          Outcome.NOTHING_CHANGED, StoreFixture.failure(readers.read(s -> true)).outcome());
    }
  }

  /** A row of SQLite is in memory or on the local disk; PostgreSQL may not respond. */
  @Test
  void callerWaitsForNoNetwork() throws Exception {
    try (Database data = database.open()) {
      SnapshotReaders readers = new SnapshotReaders(data);
      String reader = StoreFixture.get(readers.readRow(s -> Thread.currentThread().getName()));
      String own = Thread.currentThread().getName();
      assertEquals(kind == DatabaseKind.SQLITE ? own : "snapshot-reader", reader);
      readers.close();
      assertEquals(
          Outcome.NOTHING_CHANGED, StoreFixture.failure(readers.readRow(s -> true)).outcome());
    }
  }

  @Test
  void errorFailsItsReadOnly() throws Exception {
    try (Database data = database.open();
        SnapshotReaders readers = new SnapshotReaders(data)) {
      for (int i = 0; i < 10; i++) {
        CompletableFuture<?> failed =
            readers
                .read(
                    session -> {
                      throw new StackOverflowError();
                    })
                .toCompletableFuture();
        assertInstanceOf(
            StackOverflowError.class,
            assertThrows(ExecutionException.class, failed::get).getCause());
      }
      assertEquals("x", StoreFixture.get(readers.read(session -> "x")));
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
