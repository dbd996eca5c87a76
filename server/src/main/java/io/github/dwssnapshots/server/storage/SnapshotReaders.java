package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Reads the database with idle sessions, mostly on threads of its own. Thread-safe. */
final class SnapshotReaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotReaders.class.getName());

  /** Reads that can wait for a thread; others are rejected. */
  static final int MAX_WAITING = 8192;

  private static final long CLOSE_SECONDS = 10;

  private final Database database;
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private final ThreadPoolExecutor threads;

  SnapshotReaders(Database database) {
    this.database = database;
    this.threads =
        new ThreadPoolExecutor(
            database.readers(),
            database.readers(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> SnapshotStore.thread(task, "snapshot-reader"),
            (read, pool) -> {
              String reason =
                  pool.isShutdown() ? "the store is closed" : "too many reads are waiting";
              throw new StoreException(Outcome.NOTHING_CHANGED, reason);
            });
  }

  /** Reads on the next free thread. */
  <T> CompletionStage<T> read(Session.Work<T> work) {
    return read(work, threads);
  }

  /** Reads a row: on this thread if that takes less time than to wake another one. */
  <T> CompletionStage<T> readRow(Session.Work<T> work) {
    return read(work, database.isInProcess() && !threads.isShutdown() ? Runnable::run : threads);
  }

  private <T> CompletionStage<T> read(Session.Work<T> work, Executor executor) {
    try {
      database.health().check();
      return CompletableFuture.supplyAsync(() -> run(work), executor);
    } catch (StoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> T run(Session.Work<T> work) {
    Session session = Optional.ofNullable(idle.pollFirst()).orElseGet(() -> new Session(database));
    try {
      return session.run(work);
    } finally {
      idle.addFirst(session);
    }
  }

  /** Finishes waiting reads, then closes the sessions. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "some reads did not finish within " + CLOSE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      idle.forEach(Session::close);
    }
  }
}
