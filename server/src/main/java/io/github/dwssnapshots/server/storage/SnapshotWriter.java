package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.BatchWriter.Target;
import io.github.dwssnapshots.server.storage.BatchWriter.Written;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Whatever writes the database: a thread takes what has queued up, commits it at once, and then
 * completes those who wait. A commit costs one sync of the disk however many rows it holds: the
 * more requests wait, the less each of them costs. SQLite has one such thread, since it has one
 * writer at a time.
 */
final class SnapshotWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotWriter.class.getName());

  /**
   * What may wait for the disk. Past it a request is refused at once instead of waiting for
   * seconds.
   */
  static final int MOST_WAITING = 8192;

  /** Rows of one commit at the most, so that the first of them does not wait for long. */
  private static final int MOST_IN_A_COMMIT = 512;

  /** Of the answers of a batch: as many as there are threads that complete them. */
  static final int SHARES = Runtime.getRuntime().availableProcessors();

  /** How long an idle writer may take to see that it is to end. */
  private static final long LOOK_MILLIS = 100;

  /** Whoever has asked for a change, and waits for its commit. */
  private sealed interface Waiting {
    CompletableFuture<?> answer();
  }

  private record Creation(NewSnapshot snapshot, CompletableFuture<Optional<UUID>> answer)
      implements Waiting {}

  private record Deletion(Target target, CompletableFuture<Boolean> answer) implements Waiting {}

  private final Database database;
  private final Executor answers;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  private SnapshotWriter(Database database, Executor answers) {
    this.database = database;
    this.answers = answers;
  }

  /**
   * Connects as often as it will ever, and starts a thread for each connection.
   *
   * @param creationTime how long a new snapshot is CREATING
   * @param answers runs what the callers do with their answers, so that it does not hold up the
   *     writer
   */
  static SnapshotWriter start(Database database, Duration creationTime, Executor answers)
      throws SQLException {
    SnapshotWriter writer = new SnapshotWriter(database, answers);
    List<BatchWriter> connected = new ArrayList<>();
    try {
      for (int slot : ClusterCounts.slots(database.writers())) {
        BatchWriter one = new BatchWriter(database, creationTime, slot);
        connected.add(one);
        one.connect();
      }
    } catch (Throwable e) {
      connected.forEach(BatchWriter::close);
      throw e;
    }
    for (BatchWriter one : connected) {
      Thread thread = new Thread(() -> writer.run(one), "snapshot-writer");
      thread.setDaemon(true);
      writer.threads.add(thread);
      thread.start();
    }
    return writer;
  }

  CompletionStage<Optional<UUID>> create(NewSnapshot snapshot) {
    Creation creation = new Creation(snapshot, new CompletableFuture<>());
    enqueue(creation);
    return creation.answer();
  }

  CompletionStage<Boolean> delete(Target target) {
    Deletion deletion = new Deletion(target, new CompletableFuture<>());
    enqueue(deletion);
    return deletion.answer();
  }

  private void enqueue(Waiting waiting) {
    Optional<String> away = database.away();
    if (away.isPresent()) {
      refuse(waiting, away.get());
    } else if (closing) {
      refuse(waiting, "the store is closed");
    } else if (!queue.offer(waiting)) {
      refuse(waiting, MOST_WAITING + " requests wait for the disk");
    } else if (closing && queue.remove(waiting)) { // closed in between: nobody may take it any more
      refuse(waiting, "the store is closed");
    }
  }

  private static void refuse(Waiting waiting, String why) {
    waiting.answer().completeExceptionally(new StoreException(Outcome.NOTHING_CHANGED, why));
  }

  private void run(BatchWriter writer) {
    List<Waiting> batch = new ArrayList<>(MOST_IN_A_COMMIT);
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, MOST_IN_A_COMMIT - 1);
          write(writer, batch);
        }
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "only close() ends the writer", e);
      } catch (Throwable e) { // even an Error: a writer that has died would leave everybody waiting
        giveUp(batch, e);
      }
      batch.clear();
    }
    writer.close();
  }

  private void giveUp(List<Waiting> batch, Throwable defect) {
    try {
      fail(batch, new StoreException(Outcome.UNKNOWN, "the writer failed"));
      LOG.log(System.Logger.Level.ERROR, "a defect in the writer", defect);
    } catch (Throwable e) { // no memory even for that: what comes next may find some again
      defect.addSuppressed(e);
    }
  }

  /** Does all of it, and completes each. */
  private void write(BatchWriter writer, List<Waiting> batch) {
    List<Deletion> deletions = of(Deletion.class, batch);
    List<Creation> creations = of(Creation.class, batch);
    if (database.writers() == 1) {
      write(writer, deletions, creations);
      return;
    }
    // Where several write, a deletion never waits for a creation, only the other way round: so that
    // two batches that delete and create the same names do not wait for each other for ever.
    if (!deletions.isEmpty()) {
      write(writer, deletions, List.of());
      // Whatever happens to the rest, these have been answered.
      batch.removeIf(Deletion.class::isInstance);
    }
    if (!creations.isEmpty()) {
      write(writer, List.of(), creations);
    }
  }

  /** With one commit. */
  private void write(BatchWriter writer, List<Deletion> deletions, List<Creation> creations) {
    Written written;
    try {
      written =
          writer.write(
              deletions.stream().map(Deletion::target).toList(),
              creations.stream().map(Creation::snapshot).toList());
    } catch (StoreException e) {
      fail(Stream.<Waiting>concat(deletions.stream(), creations.stream()).toList(), e);
      if (closing) { // one batch may wait for a storage that is stuck, not sixteen of them
        List<Waiting> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.forEach(waiting -> refuse(waiting, "the store is closed"));
      }
      return;
    }
    List<Runnable> completions = new ArrayList<>(deletions.size() + creations.size());
    for (int i = 0; i < deletions.size(); i++) {
      Deletion deletion = deletions.get(i);
      boolean deleted = written.deleted().get(i);
      completions.add(() -> deletion.answer().complete(deleted));
    }
    for (int i = 0; i < creations.size(); i++) {
      Creation creation = creations.get(i);
      Optional<UUID> inserted = written.inserted().get(i);
      completions.add(() -> creation.answer().complete(inserted));
    }
    hand(completions);
  }

  /** A task for each answer would wake a thread each time. */
  private void hand(List<Runnable> completions) {
    int share = (completions.size() + SHARES - 1) / SHARES;
    for (int from = 0; from < completions.size(); from += share) {
      List<Runnable> some = completions.subList(from, Math.min(from + share, completions.size()));
      answers.execute(() -> some.forEach(Runnable::run));
    }
  }

  private static <T extends Waiting> List<T> of(Class<T> kind, List<Waiting> batch) {
    return batch.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private void fail(List<Waiting> batch, StoreException failure) {
    for (Waiting waiting : batch) {
      waiting.answer().completeExceptionally(failure); // here: it must not fail once more
    }
    if (database.away().isEmpty()) { // else it has been logged that it is
      LOG.log(
          System.Logger.Level.ERROR,
          () -> "a batch of " + batch.size() + " failed: " + failure.getMessage());
    }
  }

  /** Does what has queued up, then closes the connections. */
  @Override
  public void close() {
    closing = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) { // what was asked for is finished, whoever is impatient
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
