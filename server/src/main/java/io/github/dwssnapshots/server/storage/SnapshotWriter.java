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
import java.util.function.Function;

/**
 * Group commit: one thread takes the changes that are waiting, commits them together and completes
 * them. A commit costs one sync of the disk however many changes it has. Thread-safe.
 */
final class SnapshotWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotWriter.class.getName());

  /** Changes that may wait for a commit; more are refused. */
  static final int MAX_WAITING = 8192;

  /** Changes in one commit, so that the first of them does not wait for long. */
  private static final int MAX_BATCH = 2048;

  /** How long an idle writer takes to notice that it is closed. */
  private static final long POLL_MILLIS = 100;

  private record Waiting(Change change, CompletableFuture<Boolean> result) {}

  private final Database database;
  private final Session session;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final ExecutorService answers =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          task -> SnapshotStore.thread(task, "snapshot-answers"));
  private final Thread thread = SnapshotStore.thread(this::run, "snapshot-writer");
  private volatile boolean closing;

  /** Made before it is needed: then memory may be short. */
  private final StoreException defect = new StoreException(Outcome.UNKNOWN, "the writer failed");

  SnapshotWriter(Database database) {
    this.database = database;
    this.session = new Session(database);
    thread.start();
  }

  /** Makes a change; the result is whether it had an effect, once that is committed. */
  CompletionStage<Boolean> write(Change change) {
    Waiting waiting = new Waiting(change, new CompletableFuture<>());
    try {
      database.health().check();
      if (!queue.offer(waiting) || (closing && queue.remove(waiting))) { // it may have ended before
        String why = closing ? "the store is closed" : "too many changes are waiting";
        throw new StoreException(Outcome.NOTHING_CHANGED, why);
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
          // They were requested together, so any order is right; this one reuses freed names.
          write(Deletion.class, batch, deletions -> database.delete(session, deletions));
          write(Insertion.class, batch, insertions -> database.insert(session, insertions));
        }
      } catch (Throwable e) { // an Error too: without this thread nothing is ever written
        batch.forEach(waiting -> waiting.result().completeExceptionally(defect));
        LOG.log(System.Logger.Level.ERROR, "a defect in the writer", e);
      }
      batch.clear();
    }
    session.close();
    answers.shutdown();
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
      for (int i = 0; i < results.size(); i++) {
        boolean result = results.get(i);
        some.get(i).result().completeAsync(() -> result, answers);
      }
    } catch (StoreException e) {
      some.forEach(waiting -> waiting.result().completeExceptionally(e));
    }
  }

  /** Makes the changes that wait, then closes the session. */
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
