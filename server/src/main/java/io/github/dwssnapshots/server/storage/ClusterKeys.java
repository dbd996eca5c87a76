package io.github.dwssnapshots.server.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The numbers that stand for clusters in the tables, where each index would otherwise repeat
 * project and cluster, some 70 characters: on SQLite 10 % more creations a second. A number that
 * was given never changes, so those that were seen are remembered, as many as the configuration has
 * clusters; for one connection, since the next one may lead to a database that was restored. Not
 * safe for threads.
 */
final class ClusterKeys {
  private static final String SELECT =
      "SELECT cluster_key FROM clusters WHERE project_id = ? AND cluster_id = ?";

  /** The number in other statements, by project and cluster; NULL where nothing was created. */
  static final String KEY = "(" + SELECT + ")";

  private record Cluster(String projectId, String clusterId) {
    static final Comparator<Cluster> ORDER =
        Comparator.comparing(Cluster::projectId).thenComparing(Cluster::clusterId);

    static Cluster of(NewSnapshot snapshot) {
      return new Cluster(snapshot.projectId(), snapshot.clusterId());
    }
  }

  private final Map<Cluster, Integer> known = new HashMap<>();
  private Optional<Connection> knownBy = Optional.empty();

  /**
   * Those of the snapshots' clusters, one for each snapshot. A cluster without a number is given
   * one, by the transaction at hand.
   */
  int[] of(List<NewSnapshot> snapshots, Connection by) throws SQLException {
    if (knownBy.filter(same -> same == by).isEmpty()) {
      known.clear();
      knownBy = Optional.of(by);
    }
    // In an order that all writers share: of two that meet, one waits and none gives way.
    SortedMap<Cluster, Integer> keys = new TreeMap<>(Cluster.ORDER);
    snapshots.forEach(snapshot -> keys.put(Cluster.of(snapshot), 0));
    for (Map.Entry<Cluster, Integer> key : keys.entrySet()) {
      Integer seen = known.get(key.getKey());
      key.setValue(seen == null ? look(key.getKey(), by) : seen);
    }
    return snapshots.stream().mapToInt(snapshot -> keys.get(Cluster.of(snapshot))).toArray();
  }

  private int look(Cluster cluster, Connection by) throws SQLException {
    OptionalInt found = find(cluster, by);
    if (found.isPresent()) {
      known.put(cluster, found.getAsInt());
      return found.getAsInt();
    }
    try (PreparedStatement insert =
        by.prepareStatement(
            "INSERT INTO clusters (project_id, cluster_id) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, cluster.projectId());
      insert.setString(2, cluster.clusterId());
      insert.executeUpdate();
    }
    return find(cluster, by).orElseThrow(); // remembered once it is seen after the commit
  }

  private static OptionalInt find(Cluster cluster, Connection by) throws SQLException {
    try (PreparedStatement select = by.prepareStatement(SELECT)) {
      select.setString(1, cluster.projectId());
      select.setString(2, cluster.clusterId());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
      }
    }
  }
}
