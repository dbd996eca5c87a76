package io.github.dwssnapshots.server.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which snapshots a list has, and in which order; and the SQL that reads them. */
record Selection(String projectId, Optional<String> clusterId, OrderBy order, boolean descending) {

  /** A place in the order of a list: what its columns have there. */
  record Place(List<Object> values) {
    Place {
      values = List.copyOf(values);
    }

    /** That of the row, where its columns come from this one on. */
    static Place of(ResultSet row, int first) throws SQLException {
      List<Object> values = new ArrayList<>();
      for (int i = first; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(row.getObject(i));
      }
      return new Place(values);
    }
  }

  /**
   * For example, by name and descending, where a list goes on: SELECT id, …, name_key FROM
   * snapshots WHERE cluster_key = (SELECT …) AND (name_key) &lt; (?) ORDER BY name_key DESC LIMIT ?
   *
   * @param columns those of a snapshot
   * @param begun whether it goes on after a place
   */
  String sql(String columns, boolean begun) {
    return String.format(
        Locale.ROOT,
        """
        SELECT %s, %s
        FROM snapshots
        WHERE %s %s
        ORDER BY %s
        LIMIT ?
        """,
        columns,
        order.columns(),
        clusterId.isPresent() ? "cluster_key = " + ClusterKeys.KEY : "project_id = ?",
        begun ? "AND " + order.after(descending) : "",
        order.inDirection(descending));
  }

  /** For the place of the last of those that are skipped. */
  String sqlOfSkipped() {
    return String.format(
        Locale.ROOT,
        """
        SELECT %s
        FROM snapshots
        WHERE cluster_key = %s
        ORDER BY %s
        LIMIT 1 OFFSET ?
        """,
        order.columns(),
        ClusterKeys.KEY,
        order.inDirection(descending));
  }

  /** Sets what the query selects; returns how many values that were. */
  int bind(PreparedStatement select, Optional<Place> after) throws SQLException {
    int at = 0;
    select.setString(++at, projectId);
    if (clusterId.isPresent()) {
      select.setString(++at, clusterId.get());
    }
    for (Object value : after.map(Place::values).orElse(List.of())) {
      select.setObject(++at, value);
    }
    return at;
  }
}
