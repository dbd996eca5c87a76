package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Inserts snapshots, many with one commit. After a failure it connects anew: SQLite ends a
 * transaction by itself when the disk is full, its driver does not notice, and each statement from
 * then on would be committed on its own. Not safe for threads.
 */
final class InsertBatch implements AutoCloseable {
  private final DataFolder folder;
  private Optional<Connection> connection = Optional.empty();

  InsertBatch(DataFolder folder) {
    this.folder = folder;
  }

  /**
   * Inserts each snapshot whose name is free in its project.
   *
   * @return for each whether it was inserted, on disk by then
   * @throws StoreException that says what holds for all of them
   */
  boolean[] insert(List<Snapshot> snapshots) {
    Connection transaction;
    int[] inserted;
    try {
      transaction = connected();
      inserted = execute(transaction, snapshots);
    } catch (SQLException | IOException | RuntimeException e) {
      disconnect();
      throw new StoreException(Outcome.NOTHING_STORED, "nothing was stored: the insert failed", e);
    }
    try {
      transaction.commit();
    } catch (SQLException | RuntimeException e) {
      disconnect();
      throw new StoreException(Outcome.UNKNOWN, "stored or not: the commit failed", e);
    }
    boolean[] stored = new boolean[inserted.length];
    IntStream.range(0, stored.length).forEach(i -> stored[i] = inserted[i] == 1);
    return stored;
  }

  private static int[] execute(Connection connection, List<Snapshot> snapshots)
      throws SQLException {
    // The unique key decides who gets a name: two who look first and insert afterwards both find it
    // free.
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO snapshots (id, project_id, cluster_id, name, name_key, description, started)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (project_id, name_key) DO NOTHING
            """)) {
      for (Snapshot snapshot : snapshots) {
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
  }

  /** The connection, with a transaction of its own for each batch. */
  Connection connected() throws SQLException, IOException {
    if (connection.isEmpty()) {
      Connection fresh = folder.connect();
      fresh.setAutoCommit(false);
      connection = Optional.of(fresh);
    }
    return connection.get();
  }

  /** Drops the connection, and with it whatever was not committed. */
  private void disconnect() {
    try {
      close();
    } catch (SQLException e) {
      System.getLogger(InsertBatch.class.getName())
          .log(System.Logger.Level.WARNING, "the failed connection was not closed cleanly", e);
    }
  }

  @Override
  public void close() throws SQLException {
    Optional<Connection> last = connection;
    connection = Optional.empty();
    if (last.isPresent()) {
      last.get().close();
    }
  }
}
