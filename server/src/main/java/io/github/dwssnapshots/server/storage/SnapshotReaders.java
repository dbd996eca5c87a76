package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that read the database, with a session for each. Thread-safe. */
final class SnapshotReaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotReaders.class.getName());

  /** Reads that may wait for a thread; more are refused. */
  static final int MAX_WAITING = 8192;

  private static final long CLOSE_SECONDS = 10;

  private final BlockingQueue<Session> idle = new LinkedBlockingQueue<>();
  private final ThreadPoolExecutor threads;

  SnapshotReaders(Database database) {
    int readers = database.readers();
    for (int i = 0; i < readers; i++) {
      idle.add(new Session(database));
    }
    this.threads =
        new ThreadPoolExecutor(
            readers,
            readers,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> SnapshotStore.thread(task, "snapshot-reader"));
  }

  /** Reads when a thread is free. */
  <T> CompletionStage<T> read(Session.Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(() -> complete(result, work));
    } catch (RejectedExecutionException e) {
      String why = threads.isShutdown() ? "the store is closed" : "too many reads are waiting";
      result.completeExceptionally(new StoreException(Outcome.NOTHING_CHANGED, why));
    }
    return result;
  }

  private <T> void complete(CompletableFuture<T> result, Session.Work<T> work) {
    Session session = idle.remove(); // there are as many as threads
    T read;
    try {
      read = session.run(work);
    } catch (Throwable e) { // an Error too: the caller reports it
      result.completeExceptionally(e);
      return;
    } finally {
      idle.add(session);
    }
    result.complete(read);
  }

  /** Finishes the reads that wait, and closes the sessions. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "reads that are stuck were abandoned");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    idle.forEach(Session::close);
  }
}
