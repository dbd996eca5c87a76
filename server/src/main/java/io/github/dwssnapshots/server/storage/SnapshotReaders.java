package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The threads that read the database, each with one connection at a time. */
final class SnapshotReaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotReaders.class.getName());

  /** What may wait for a thread. Past it a request is refused at once. */
  static final int MOST_WAITING = 8192;

  /** A read takes milliseconds; what takes longer is a storage that is stuck. */
  private static final long PATIENCE_SECONDS = 10;

  private final Database database;
  private final Deque<SnapshotReader> idle = new ConcurrentLinkedDeque<>();
  private final ThreadPoolExecutor threads;

  SnapshotReaders(Database database) {
    this.database = database;
    int most = database.readers();
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "snapshot-reader");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Reads, unless too many wait for that already. */
  <T> CompletionStage<T> read(Function<SnapshotReader, T> reading) {
    return threads.getQueue().size() < MOST_WAITING
        ? goOn(reading)
        : refused(MOST_WAITING + " requests wait to read the database");
  }

  /** Reads what follows: a list that has begun is finished, however many wait. */
  <T> CompletionStage<T> goOn(Function<SnapshotReader, T> reading) {
    Optional<String> away = database.away();
    if (away.isPresent()) {
      return refused(away.get());
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      threads.execute(() -> complete(answer, reading));
    } catch (RejectedExecutionException closed) {
      return refused("the store is closed");
    }
    return answer;
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedFuture(new StoreException(Outcome.NOTHING_CHANGED, why));
  }

  private <T> void complete(CompletableFuture<T> answer, Function<SnapshotReader, T> reading) {
    SnapshotReader reader =
        Optional.ofNullable(idle.poll()).orElseGet(() -> new SnapshotReader(database));
    T read;
    try {
      read = reading.apply(reader);
    } catch (Throwable e) { // even an Error: whoever waits is to be told, and tells the log
      answer.completeExceptionally(e);
      return;
    } finally {
      if (threads.isShutdown()) {
        reader.close();
      } else {
        idle.addFirst(reader);
      }
    }
    answer.complete(read);
  }

  /** Finishes what has been asked of it, then closes the connections. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "reads that are stuck are left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    idle.forEach(SnapshotReader::close);
  }
}
