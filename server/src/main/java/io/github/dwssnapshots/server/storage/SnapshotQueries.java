package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Queries for snapshots, the same for both databases. Thread-safe. */
final class SnapshotQueries {
  /** Filter and order of a list. A window limits it to one page. */
  record Selection(
      String projectId,
      Optional<String> clusterId,
      OrderBy order,
      boolean descending,
      Optional<Window> window) {}

  private static final String COLUMNS =
      """
      snapshots.id, (SELECT id FROM clusters WHERE number = cluster), name, description, size_gb,
      started, CASE WHEN finished <= NOW THEN finished END, fails, seq
      """;

  private static final String FIND =
      "SELECT COLUMNS FROM snapshots WHERE snapshots.id = ? AND project = "
          + ClusterNumbers.PROJECT;

  private static final String BY_CREATION =
      """
      SELECT COLUMNS FROM snapshots WHERE SCOPE AND seq AFTER ? ORDER BY seq DIRECTION
      LIMIT ? OFFSET ?
      """;

  /** Sorts on demand. The inner query reads one cluster and no other index. */
  private static final String BY_NAME =
      """
      SELECT COLUMNS
      FROM (
        SELECT seq AS place FROM snapshots WHERE SCOPE AND lower(name) AFTER ?
        ORDER BY lower(name) DIRECTION LIMIT ? OFFSET ?
      ) AS sorted
      CROSS JOIN snapshots WHERE seq = place ORDER BY lower(name) DIRECTION
      """;

  private final Database database;
  private final String columns;
  private final String find;

  SnapshotQueries(Database database) {
    this.database = database;
    this.columns = COLUMNS.replace("NOW", database.now());
    this.find = FIND.replace("COLUMNS", columns);
  }

  Optional<Snapshot> find(Session session, String projectId, UUID id) throws SQLException {
    PreparedStatement select = session.prepared(find);
    select.setObject(1, database.column(id));
    select.setString(2, projectId);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(snapshot(row)) : Optional.empty();
    }
  }

  /** Counts the snapshots of a list, without its window. */
  long count(Session session, Selection list) throws SQLException {
    PreparedStatement select =
        session.prepared("SELECT count(*) FROM snapshots WHERE " + scope(list));
    bindScope(select, list);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Reads the part of a list after a snapshot. Seeks by key, so earlier parts cost nothing.
   *
   * @param after empty at the start of the list
   * @param skip number of snapshots to skip first
   */
  List<Snapshot> part(
      Session session, Selection list, Optional<Snapshot> after, long skip, int rows)
      throws SQLException {
    PreparedStatement select = session.prepared(sql(list));
    int index = bindScope(select, list);
    select.setObject(++index, after.map(snapshot -> key(list, snapshot)).orElse(start(list)));
    select.setInt(++index, rows);
    select.setLong(++index, skip);
    List<Snapshot> part = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        part.add(snapshot(row));
      }
    }
    return part;
  }

  String sql(Selection list) {
    return (list.order() == OrderBy.STARTED ? BY_CREATION : BY_NAME)
        .replace("COLUMNS", columns)
        .replace("SCOPE", scope(list))
        .replace("AFTER", list.descending() ? "<" : ">")
        .replace("DIRECTION", list.descending() ? "DESC" : "ASC");
  }

  private static String scope(Selection list) {
    return list.clusterId().isPresent()
        ? "cluster = " + ClusterNumbers.CLUSTER
        : "project = " + ClusterNumbers.PROJECT;
  }

  private static int bindScope(PreparedStatement select, Selection list) throws SQLException {
    int index = 0;
    if (list.clusterId().isPresent()) {
      select.setString(++index, list.clusterId().get());
    }
    select.setString(++index, list.projectId());
    return index;
  }

  private static Object key(Selection list, Snapshot snapshot) {
    return list.order() == OrderBy.STARTED
        ? snapshot.seq()
        : snapshot.name().toLowerCase(Locale.ROOT);
  }

  /** Returns a key before all others. Names are ASCII letters, digits, hyphens and underscores. */
  private static Object start(Selection list) {
    return list.order() == OrderBy.STARTED
        ? (Object) (list.descending() ? Long.MAX_VALUE : 0L)
        : list.descending() ? "~" : "";
  }

  private Snapshot snapshot(ResultSet row) throws SQLException {
    long finished = row.getLong(7);
    boolean isCreating = row.wasNull();
    return new Snapshot(
        database.id(row.getObject(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getDouble(5),
        Instant.ofEpochMilli(row.getLong(6)),
        isCreating ? Optional.empty() : Optional.of(Instant.ofEpochMilli(finished)),
        row.getBoolean(8),
        row.getLong(9));
  }
}
