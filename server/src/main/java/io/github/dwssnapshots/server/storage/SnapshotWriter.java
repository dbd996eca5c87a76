package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.Database.Change;
import io.github.dwssnapshots.server.storage.Database.Deletion;
import io.github.dwssnapshots.server.storage.Database.Insertion;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Group commit: one thread commits all waiting changes together, since each commit costs a disk
 * sync. Thread-safe.
 */
final class SnapshotWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotWriter.class.getName());

  /** Changes that can wait for a commit; others are rejected. */
  static final int MAX_WAITING = 8192;

  /** Maximum number of changes in a commit, to limit latency. */
  private static final int MAX_BATCH = 2048;

  /** Interval in which an idle writer checks whether it is closed. */
  private static final long POLL_MILLIS = 100;

  private record Waiting(Change change, CompletableFuture<Boolean> result) {}

  private final Database database;
  private final Session session;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final ExecutorService completions =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          task -> SnapshotStore.thread(task, "snapshot-completions"));
  private final Thread thread = SnapshotStore.thread(this::run, "snapshot-writer");
  private volatile boolean closing;
  private volatile boolean failing;
  private final LongAdder commits = new LongAdder();
  private final LongAdder changes = new LongAdder();

  /** Created in advance, since the cause can be an OutOfMemoryError. */
  private final StoreException defect = new StoreException(Outcome.UNKNOWN, "the writer failed");

  SnapshotWriter(Database database) {
    this.database = database;
    this.session = new Session(database);
    thread.start();
  }

  int waiting() {
    return queue.size();
  }

  long commits() {
    return commits.sum();
  }

  long changes() {
    return changes.sum();
  }

  /** Whether the last commit failed. */
  boolean isFailing() {
    return failing;
  }

  /** Queues a change. Completes after the commit with whether it had an effect. */
  CompletionStage<Boolean> write(Change change) {
    Waiting waiting = new Waiting(change, new CompletableFuture<>());
    try {
      database.health().check();
      if (!queue.offer(waiting)
          || (closing && queue.remove(waiting))) { // run() can have ended already
        String reason = closing ? "the store is closed" : "too many changes are waiting";
        throw new StoreException(Outcome.NOTHING_CHANGED, reason);
      }
    } catch (StoreException e) {
      waiting.result().completeExceptionally(e);
    }
    return waiting.result();
  }

  private void run() {
    List<Waiting> batch = new ArrayList<>(MAX_BATCH);
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, MAX_BATCH - 1);
          // Any order is correct for concurrent requests; this one reuses freed names.
          write(Deletion.class, batch, deletions -> database.delete(session, deletions));
          write(Insertion.class, batch, insertions -> database.insert(session, insertions));
        }
      } catch (Throwable e) { // Errors too: without this thread nothing is written
        failing = true;
        batch.forEach(waiting -> waiting.result().completeExceptionally(defect));
        LOG.log(System.Logger.Level.ERROR, "defect in the writer", e);
      }
      batch.clear();
    }
    session.close();
    completions.shutdown();
  }

  private <T extends Change> void write(
      Class<T> kind, List<Waiting> batch, Function<List<T>, List<Boolean>> commit) {
    List<Waiting> some = batch.stream().filter(w -> kind.isInstance(w.change())).toList();
    if (some.isEmpty()) {
      return;
    }
    try {
      List<Boolean> results =
          commit.apply(some.stream().map(waiting -> kind.cast(waiting.change())).toList());
      if (results.contains(true)) { // other commits write nothing
        failing = false;
      }
      commits.increment();
      changes.add(some.size());
      for (int i = 0; i < results.size(); i++) {
        boolean result = results.get(i);
        some.get(i).result().completeAsync(() -> result, completions);
      }
    } catch (StoreException e) {
      failing = true;
      some.forEach(waiting -> waiting.result().completeExceptionally(e));
    }
  }

  /** Commits the waiting changes, then closes the session. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) { // the thread finishes by itself
      Thread.currentThread().interrupt();
    }
  }
}
