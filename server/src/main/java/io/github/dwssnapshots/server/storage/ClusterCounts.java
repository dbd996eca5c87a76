package io.github.dwssnapshots.server.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * By how many snapshots the clusters grow and shrink in one transaction. To count a million takes
 * 50 ms, and each page of a list tells how many there are; so the number is kept, as the sum of a
 * cluster's slots. Each writer counts in one slot, the writers of one server in different ones: on
 * a single row all would wait for each other's commits, and for a server that has stopped in the
 * middle of one.
 */
final class ClusterCounts {
  static final String SQL =
      """
      INSERT INTO cluster_counts (cluster_key, slot, snapshots)
      VALUES (?, ?, ?)
      ON CONFLICT (cluster_key, slot)
      DO UPDATE SET snapshots = cluster_counts.snapshots + excluded.snapshots
      """;

  private static final int SLOTS = 16;

  private final int slot;

  /** In an order that all writers share: of two that meet, one waits and none gives way. */
  private final SortedMap<Integer, Integer> changes = new TreeMap<>();

  ClusterCounts(int slot) {
    this.slot = slot;
  }

  /** For so many writers; other servers, which one does not know, have mostly others. */
  static int[] slots(int writers) {
    int first = writers == 1 ? 0 : ThreadLocalRandom.current().nextInt(SLOTS);
    return IntStream.range(0, writers).map(i -> (first + i) % SLOTS).toArray();
  }

  void add(int clusterKey, int snapshots) {
    changes.merge(clusterKey, snapshots, Integer::sum);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Adds them to what the database has, by the statement of {@link #SQL}. */
  void write(PreparedStatement count) throws SQLException {
    for (Map.Entry<Integer, Integer> change : changes.entrySet()) {
      count.setInt(1, change.getKey());
      count.setInt(2, slot);
      count.setLong(3, change.getValue());
      count.addBatch();
    }
    count.executeBatch();
  }

  /** How many snapshots the cluster has. */
  static long of(Connection by, String projectId, String clusterId) throws SQLException {
    try (PreparedStatement select =
        by.prepareStatement(
            "SELECT sum(snapshots) FROM cluster_counts WHERE cluster_key = " + ClusterKeys.KEY)) {
      select.setString(1, projectId);
      select.setString(2, clusterId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }
}
