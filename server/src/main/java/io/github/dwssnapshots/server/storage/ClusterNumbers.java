package io.github.dwssnapshots.server.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Numbers of a project and a cluster, which replace their ids in the tables. They never change. */
record ClusterNumbers(int project, int cluster) {
  /** SQL expression for the number of a project; parameter: its id. */
  static final String PROJECT = "(SELECT number FROM projects WHERE id = ?)";

  /** SQL expression for the number of a cluster; parameters: its id and the project's id. */
  static final String CLUSTER =
      "(SELECT number FROM clusters WHERE id = ? AND project = " + PROJECT + ")";

  private static final String ADD_PROJECT =
      "INSERT INTO projects (id) VALUES (?) ON CONFLICT DO NOTHING";

  private static final String ADD_CLUSTER =
      """
      INSERT INTO clusters (id, project) SELECT ?, number FROM projects WHERE id = ?
      ON CONFLICT DO NOTHING
      """;

  private static final String FIND =
      "SELECT project, number FROM clusters WHERE id = ? AND project = " + PROJECT;

  /** Returns the numbers for a snapshot; inserts them if they are new. */
  static ClusterNumbers of(Session session, NewSnapshot snapshot) throws SQLException {
    List<String> key = List.of(snapshot.projectId(), snapshot.clusterId());
    ClusterNumbers known = session.numbers().get(key);
    if (known != null) {
      return known;
    }
    bound(session, ADD_PROJECT, snapshot.projectId()).executeUpdate();
    bound(session, ADD_CLUSTER, snapshot.clusterId(), snapshot.projectId()).executeUpdate();
    try (ResultSet row =
        bound(session, FIND, snapshot.clusterId(), snapshot.projectId()).executeQuery()) {
      row.next();
      ClusterNumbers found = new ClusterNumbers(row.getInt(1), row.getInt(2));
      session.numbers().put(key, found);
      return found;
    }
  }

  private static PreparedStatement bound(Session session, String sql, String... values)
      throws SQLException {
    PreparedStatement statement = session.prepared(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
    return statement;
  }
}
