package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that read the database, each with its session. Thread-safe. */
final class SnapshotReaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotReaders.class.getName());

  /** Reads that can wait for a thread; others are rejected. */
  static final int MAX_WAITING = 8192;

  private static final long CLOSE_SECONDS = 10;

  private final Database database;
  private final ThreadLocal<Session> session;
  private final ThreadPoolExecutor threads;

  SnapshotReaders(Database database) {
    this.database = database;
    this.session = ThreadLocal.withInitial(() -> new Session(database));
    this.threads =
        new ThreadPoolExecutor(
            database.readers(),
            database.readers(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            reads -> SnapshotStore.thread(() -> runAndClose(reads), "snapshot-reader"),
            (read, pool) -> {
              String reason =
                  pool.isShutdown() ? "the store is closed" : "too many reads are waiting";
              throw new StoreException(Outcome.NOTHING_CHANGED, reason);
            });
  }

  private void runAndClose(Runnable reads) {
    try {
      reads.run();
    } finally {
      session.get().close();
    }
  }

  /** Reads on the next free thread. */
  <T> CompletionStage<T> read(Session.Work<T> work) {
    try {
      database.health().check();
      return CompletableFuture.supplyAsync(() -> session.get().run(work), threads);
    } catch (StoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Finishes waiting reads; each thread closes its session. */
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
    }
  }
}
