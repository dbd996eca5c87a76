package io.github.dwssnapshots.server.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers that stand for clusters in the tables, where each index would otherwise repeat two
 * texts of some 70 characters: 9 % more creations a second. A number is given once and never
 * changes, so those that were asked for are remembered, as many as the configuration has clusters.
 * Not safe for threads.
 */
final class ClusterKeys {
  /** The number as SQL, by project and cluster; NULL where nothing was ever created. */
  static final String SQL =
      "(SELECT cluster_key FROM clusters WHERE project_id = ? AND cluster_id = ?)";

  private record Cluster(String projectId, String clusterId) {
    static Cluster of(NewSnapshot snapshot) {
      return new Cluster(snapshot.projectId(), snapshot.clusterId());
    }
  }

  private final Map<Cluster, Integer> known = new HashMap<>();

  /**
   * Gives numbers to the clusters that have none. They hold from then on, whatever becomes of the
   * snapshots: it is a transaction of its own.
   */
  void learn(List<NewSnapshot> snapshots, Session session) {
    for (NewSnapshot snapshot : snapshots) {
      Cluster cluster = Cluster.of(snapshot);
      if (!known.containsKey(cluster)) {
        known.put(cluster, session.transaction(by -> given(by, cluster)));
      }
    }
  }

  private static int given(Connection by, Cluster cluster) throws SQLException {
    try (PreparedStatement insert =
        by.prepareStatement(
            "INSERT INTO clusters (project_id, cluster_id) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, cluster.projectId());
      insert.setString(2, cluster.clusterId());
      insert.executeUpdate();
    }
    try (PreparedStatement select = by.prepareStatement("SELECT " + SQL)) {
      select.setString(1, cluster.projectId());
      select.setString(2, cluster.clusterId());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** That of the snapshot's cluster, which has been learnt. */
  int of(NewSnapshot snapshot) {
    return known.get(Cluster.of(snapshot));
  }
}
