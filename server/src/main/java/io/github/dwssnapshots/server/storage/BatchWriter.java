package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes and inserts snapshots, many with one commit. After a failure it connects anew: SQLite
 * ends a transaction by itself when the disk is full, its driver does not notice, and each
 * statement from then on would be committed on its own. Not safe for threads.
 */
final class BatchWriter implements AutoCloseable {
  /** What is to be deleted. */
  record Target(String projectId, UUID id) {}

  /**
   * What a batch did, on disk by then.
   *
   * @param deleted for each target, in their order, whether it was there
   * @param inserted for each new snapshot, in their order, its id; empty where its name was taken
   */
  record Written(List<Boolean> deleted, List<Optional<UUID>> inserted) {}

  private record Cluster(String projectId, String clusterId) {}

  private final DataFolder folder;
  private final Clock clock;
  private final Duration creationTime;
  private final TimeOrderedId ids = new TimeOrderedId();
  private Optional<Connection> connection = Optional.empty();

  /**
   * @param creationTime how long a new snapshot is CREATING
   */
  BatchWriter(DataFolder folder, Clock clock, Duration creationTime) {
    this.folder = folder;
    this.clock = clock;
    this.creationTime = creationTime;
  }

  /**
   * Deletes each target that is there, then inserts each new snapshot whose name is free in its
   * project. All of them have been asked for at the same time, so that any order is a true one; in
   * this one a name that is given free can be taken.
   *
   * @throws StoreException that says what holds for all of them
   */
  Written write(List<Target> targets, List<NewSnapshot> snapshots) {
    Connection transaction;
    Written written;
    try {
      transaction = connected();
      Map<Cluster, Integer> changes = new HashMap<>();
      written =
          new Written(
              delete(transaction, targets, changes), insert(transaction, snapshots, changes));
      count(transaction, changes);
    } catch (SQLException | RuntimeException e) {
      disconnect();
      throw new StoreException(Outcome.NOTHING_CHANGED, "nothing was changed: the write failed", e);
    }
    try {
      transaction.commit();
    } catch (SQLException | RuntimeException e) {
      disconnect();
      throw new StoreException(Outcome.UNKNOWN, "changed or not: the commit failed", e);
    }
    return written;
  }

  private static List<Boolean> delete(
      Connection connection, List<Target> targets, Map<Cluster, Integer> changes)
      throws SQLException {
    List<Boolean> deleted = new ArrayList<>(targets.size());
    if (targets.isEmpty()) {
      return deleted;
    }
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM snapshots
            WHERE id = ? AND project_id = ?
            RETURNING cluster_id
            """)) {
      for (Target target : targets) {
        delete.setString(1, target.id().toString());
        delete.setString(2, target.projectId());
        try (ResultSet row = delete.executeQuery()) {
          boolean there = row.next();
          deleted.add(there);
          if (there) {
            changes.merge(new Cluster(target.projectId(), row.getString(1)), -1, Integer::sum);
          }
        }
      }
    }
    return deleted;
  }

  private List<Optional<UUID>> insert(
      Connection connection, List<NewSnapshot> snapshots, Map<Cluster, Integer> changes)
      throws SQLException {
    List<Optional<UUID>> inserted = new ArrayList<>(snapshots.size());
    if (snapshots.isEmpty()) {
      return inserted;
    }
    long started = clock.millis();
    List<UUID> fresh = snapshots.stream().map(snapshot -> ids.of(started)).toList();
    int[] rows = insert(connection, snapshots, fresh, started);
    for (int i = 0; i < rows.length; i++) {
      inserted.add(rows[i] == 1 ? Optional.of(fresh.get(i)) : Optional.empty());
      if (rows[i] == 1) {
        NewSnapshot snapshot = snapshots.get(i);
        changes.merge(new Cluster(snapshot.projectId(), snapshot.clusterId()), 1, Integer::sum);
      }
    }
    return inserted;
  }

  private int[] insert(
      Connection connection, List<NewSnapshot> snapshots, List<UUID> fresh, long started)
      throws SQLException {
    // The unique key decides who gets a name: two who look first and insert afterwards both find it
    // free.
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO snapshots
              (id, project_id, cluster_id, name, name_key, description, size_gb, started, finished)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (project_id, name_key) DO NOTHING
            """)) {
      for (int i = 0; i < fresh.size(); i++) {
        NewSnapshot snapshot = snapshots.get(i);
        insert.setString(1, fresh.get(i).toString());
        insert.setString(2, snapshot.projectId());
        insert.setString(3, snapshot.clusterId());
        insert.setString(4, snapshot.name());
        insert.setString(5, nameKey(snapshot.name()));
        insert.setString(6, snapshot.description());
        insert.setDouble(7, snapshot.sizeGb());
        insert.setLong(8, started);
        insert.setLong(9, started + creationTime.toMillis());
        insert.addBatch();
      }
      return insert.executeBatch();
    }
  }

  /** What names that are the same have in common. Names are ASCII. */
  static String nameKey(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static void count(Connection connection, Map<Cluster, Integer> changes)
      throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement count =
        connection.prepareStatement(
            """
            INSERT INTO cluster_counts (project_id, cluster_id, snapshots)
            VALUES (?, ?, ?)
            ON CONFLICT (project_id, cluster_id)
            DO UPDATE SET snapshots = cluster_counts.snapshots + excluded.snapshots
            """)) {
      for (Map.Entry<Cluster, Integer> change : changes.entrySet()) {
        count.setString(1, change.getKey().projectId());
        count.setString(2, change.getKey().clusterId());
        count.setLong(3, change.getValue());
        count.addBatch();
      }
      count.executeBatch();
    }
  }

  /** The connection, with a transaction of its own for each batch. */
  Connection connected() throws SQLException {
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
      System.getLogger(BatchWriter.class.getName())
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
