package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.SQLException;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The threads that read the database, each with one connection at a time. */
final class SnapshotReaders implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotReaders.class.getName());

  /** What may wait for a thread. Past it a request is refused at once. */
  static final int MOST_WAITING = SnapshotWriter.MOST_WAITING;

  /** A read takes milliseconds; what takes longer is a storage that is stuck. */
  private static final long PATIENCE_SECONDS = 10;

  /**
   * By how much what follows of a list comes after what is asked for at the same time: else each
   * show would wait for one piece of every list in progress. It is not more, so that a list ends
   * however much else is asked.
   */
  static final long LIST_WAITS_NANOS = 250_000_000;

  /** Something that is to be read, the earlier the sooner it is due. */
  private record Reading(long dueNanos, Runnable work) implements Runnable, Comparable<Reading> {
    @Override
    public void run() {
      work.run();
    }

    @Override
    public int compareTo(Reading other) {
      return Long.signum(dueNanos - other.dueNanos); // which nanoTime asks for, since it may wrap
    }
  }

  private static final String CLOSED = "the store is closed";

  private final Database database;
  private final LongSupplier nanoTime;
  private final Deque<SnapshotReader> idle = new ConcurrentLinkedDeque<>();
  private final ThreadPoolExecutor threads;
  private volatile boolean closed;

  /**
   * Connects as often as it will ever: who shares a database knows at the start whether it has room
   * for that.
   *
   * @param nanoTime as {@link System#nanoTime} tells it
   */
  SnapshotReaders(Database database, LongSupplier nanoTime) throws SQLException {
    this.database = database;
    this.nanoTime = nanoTime;
    int most = database.readers();
    try {
      for (int i = 0; i < most; i++) {
        SnapshotReader reader = new SnapshotReader(database);
        idle.add(reader);
        reader.connect();
      }
    } catch (Throwable e) {
      idle.forEach(SnapshotReader::close);
      throw e;
    }
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "snapshot-reader");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Reads, unless too many wait for that already. */
  <T> CompletionStage<T> read(Function<SnapshotReader, T> reading) {
    return threads.getQueue().size() < MOST_WAITING
        ? enqueue(reading, nanoTime.getAsLong())
        : refused(MOST_WAITING + " requests wait to read the database");
  }

  /** Reads what follows: a list that has begun is finished, however many wait. */
  <T> CompletionStage<T> goOn(Function<SnapshotReader, T> reading) {
    return enqueue(reading, nanoTime.getAsLong() + LIST_WAITS_NANOS);
  }

  private <T> CompletionStage<T> enqueue(Function<SnapshotReader, T> reading, long dueNanos) {
    Optional<String> away = database.away();
    if (away.isPresent()) {
      return refused(away.get());
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      threads.execute(new Reading(dueNanos, () -> complete(answer, reading)));
    } catch (RejectedExecutionException closed) {
      return refused(CLOSED);
    }
    return answer;
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedFuture(new StoreException(Outcome.NOTHING_CHANGED, why));
  }

  private <T> void complete(CompletableFuture<T> answer, Function<SnapshotReader, T> reading) {
    SnapshotReader reader = idle.poll(); // there are as many as there are threads
    if (reader == null) { // until those that are idle have been closed
      answer.completeExceptionally(new StoreException(Outcome.NOTHING_CHANGED, CLOSED));
      return;
    }
    T read;
    try {
      read = reading.apply(reader);
    } catch (Throwable e) { // even an Error: whoever waits is to be told, and tells the log
      answer.completeExceptionally(e);
      return;
    } finally {
      idle.push(reader);
      if (closed) { // it was stuck, and has been left behind
        closeIdle();
      }
    }
    answer.complete(read);
  }

  /** Finishes what has been asked of it, unless interrupted, then closes the connections. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "reads that are stuck are left behind");
      }
    } catch (InterruptedException e) { // who closes is in a hurry: what is left closes by itself
      Thread.currentThread().interrupt();
    }
    closed = true;
    closeIdle();
  }

  /** Each by whoever takes it, so that none is closed while another thread reads with it. */
  private void closeIdle() {
    for (var reader = idle.poll(); reader != null; reader = idle.poll()) {
      reader.close();
    }
  }
}
