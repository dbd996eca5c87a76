package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.SnapshotStore.Creation;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The only writer of the database: one thread takes whatever has queued up, commits it at once, and
 * then completes those who wait. A commit costs one sync of the disk however many rows it holds:
 * the more requests wait, the less each of them costs.
 */
final class SnapshotWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SnapshotWriter.class.getName());

  /**
   * What may wait for the disk. Past it a request is refused at once instead of waiting for
   * seconds.
   */
  private static final int MOST_WAITING = 8192;

  /** Rows of one commit at the most, so that the first of them does not wait for long. */
  private static final int MOST_IN_A_COMMIT = 512;

  private record Waiting(Snapshot snapshot, CompletableFuture<Creation> answer) {}

  private final Connection connection;
  private final PreparedStatement insert;
  private final Executor answers;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread thread = new Thread(this::run, "snapshot-writer");
  private volatile boolean closing;

  private SnapshotWriter(Connection connection, PreparedStatement insert, Executor answers) {
    this.connection = connection;
    this.insert = insert;
    this.answers = answers;
  }

  /**
   * Takes over the connection; nobody else may use it.
   *
   * @param answers runs what the callers do with their answers, so that it does not hold up the
   *     writer
   */
  static SnapshotWriter start(Connection connection, Executor answers) throws SQLException {
    connection.setAutoCommit(false);
    // The unique key decides who gets a name: two who look first and insert afterwards both find it
    // free.
    PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO snapshots (id, project_id, cluster_id, name, name_key, description, started)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (project_id, name_key) DO NOTHING
            """);
    SnapshotWriter writer = new SnapshotWriter(connection, insert, answers);
    writer.thread.setDaemon(true);
    writer.thread.start();
    return writer;
  }

  CompletionStage<Creation> insert(Snapshot snapshot) {
    Waiting waiting = new Waiting(snapshot, new CompletableFuture<>());
    if (closing) {
      refuse(waiting, "the store is closed");
    } else if (!queue.offer(waiting)) {
      refuse(waiting, MOST_WAITING + " requests wait for the disk");
    } else if (closing && queue.remove(waiting)) { // closed in between: nobody takes it any more
      refuse(waiting, "the store is closed");
    }
    return waiting.answer;
  }

  private static void refuse(Waiting waiting, String why) {
    waiting.answer.completeExceptionally(new StoreException(Outcome.NOTHING_STORED, why));
  }

  private void run() {
    List<Waiting> batch = new ArrayList<>(MOST_IN_A_COMMIT);
    while (!closing || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException wokenByClose) {
        continue;
      }
      queue.drainTo(batch, MOST_IN_A_COMMIT - 1);
      store(batch);
      batch.clear();
    }
  }

  /** Stores all of them with one commit, and completes each. */
  private void store(List<Waiting> batch) {
    int[] stored;
    try {
      stored = insertAll(batch);
    } catch (SQLException e) {
      fail(batch, new StoreException(Outcome.NOTHING_STORED, "the insert failed", e));
      return;
    } catch (RuntimeException e) {
      fail(batch, new StoreException(Outcome.DEFECT, "the insert failed", e));
      return;
    }
    try {
      connection.commit();
    } catch (SQLException e) {
      fail(batch, new StoreException(Outcome.UNKNOWN, "the commit failed", e));
      return;
    }
    for (int i = 0; i < stored.length; i++) {
      Creation creation = stored[i] == 1 ? Creation.STORED : Creation.NAME_TAKEN;
      batch.get(i).answer.completeAsync(() -> creation, answers);
    }
  }

  private int[] insertAll(List<Waiting> batch) throws SQLException {
    insert.clearBatch(); // what an insert that failed may have left
    for (Waiting waiting : batch) {
      Snapshot snapshot = waiting.snapshot;
      insert.setString(1, snapshot.id().toString());
      insert.setString(2, snapshot.projectId());
      insert.setString(3, snapshot.clusterId());
      insert.setString(4, snapshot.name());
      insert.setString(5, snapshot.name().toLowerCase(Locale.ROOT));
      insert.setString(6, snapshot.description());
      insert.setLong(7, snapshot.started().toEpochMilli());
      insert.addBatch();
    }
    return insert.executeBatch();
  }

  private void fail(List<Waiting> batch, StoreException failure) {
    LOG.log(System.Logger.Level.ERROR, () -> "not stored: " + batch.size() + " snapshots", failure);
    try {
      connection.rollback();
    } catch (SQLException alreadyRolledBack) { // as SQLite does itself when the disk is full
      LOG.log(System.Logger.Level.DEBUG, "no transaction to roll back", alreadyRolledBack);
    }
    for (Waiting waiting : batch) {
      answers.execute(() -> waiting.answer.completeExceptionally(failure));
    }
  }

  /** Stores what has queued up, then closes the connection. */
  @Override
  public void close() throws SQLException {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.close();
  }
}
