package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** In which order the database is read, and what is refused. */
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
  void moreReadsThanCanWaitAreRefusedAtOnceAndAListThatHasBegunIsNot() throws Exception {
    try (Database data = database.open()) {
      SnapshotReaders readers = new SnapshotReaders(data, System::nanoTime);
      CountDownLatch stuck = new CountDownLatch(1);
      List<CompletableFuture<Boolean>> answers = new ArrayList<>();
      int most = SnapshotReaders.MOST_WAITING + data.readers();
      for (int i = 0; i < most + 10; i++) {
        answers.add(readers.read(reader -> await(stuck)).toCompletableFuture());
      }
      CompletableFuture<Boolean> begun = readers.goOn(reader -> true).toCompletableFuture();
      List<CompletableFuture<Boolean>> refused =
          answers.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
      assertTrue(refused.size() >= 10 && refused.size() < 20, "refused: " + refused.size());
      stuck.countDown();
      assertTrue(begun.get(10, TimeUnit.SECONDS));
      readers.close();
      ExecutionException late =
          assertThrows(
              ExecutionException.class,
              () -> readers.goOn(reader -> true).toCompletableFuture().get());
      assertInstanceOf(StoreException.class, late.getCause());
    }
  }

  @Test
  void whatIsAskedForComesBeforeWhatFollowsOfAListForAWhile() throws Exception {
    AtomicLong now = new AtomicLong();
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    try (Database data = database.open();
        SnapshotReaders readers = new SnapshotReaders(data, now::get)) {
      // One thread is left to do it all: of two, either may be late with what it has taken.
      answers.add(readers.read(reader -> await(busy)).toCompletableFuture());
      for (int i = 1; i < data.readers(); i++) {
        answers.add(readers.read(reader -> await(stuck)).toCompletableFuture());
      }
      answers.add(readers.goOn(reader -> order.add("list, long ago")).toCompletableFuture());
      now.addAndGet(SnapshotReaders.LIST_WAITS_NANOS + 1);
      answers.add(readers.goOn(reader -> order.add("list")).toCompletableFuture());
      now.addAndGet(1);
      answers.add(readers.read(reader -> order.add("read")).toCompletableFuture());
      busy.countDown();
      answers.get(answers.size() - 2).get();
      stuck.countDown();
      for (CompletableFuture<Boolean> answer : answers) {
        assertTrue(answer.get());
      }
    }
    assertEquals(List.of("list, long ago", "read", "list"), order);
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
