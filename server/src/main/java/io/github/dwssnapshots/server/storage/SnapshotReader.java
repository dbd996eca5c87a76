package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads snapshots, by a connection of its own, which sees each commit that has been acknowledged.
 * After a failure it connects anew. Not safe for threads.
 */
final class SnapshotReader implements AutoCloseable {
  /** Which snapshots a list has, and in which order. */
  record Selection(
      String projectId, Optional<String> clusterId, OrderBy order, boolean descending) {}

  /** A place in the order of a list: what its columns have there. */
  record Place(List<Object> values) {
    Place {
      values = List.copyOf(values);
    }
  }

  /**
   * Some snapshots of a list.
   *
   * @param last the place of the last of them; empty where the list ends
   */
  record Rows(List<Snapshot> snapshots, Optional<Place> last) {}

  /** Some snapshots of a list, and how many the whole list has at that moment. */
  record CountedRows(Rows rows, long count) {}

  private static final String COLUMNS =
      "id, project_id, cluster_id, name, description, size_gb, started, finished";

  /** In a row of a list the columns of its order come after those of the snapshot. */
  private static final int FIRST_OF_PLACE = 9;

  private final DataFolder folder;
  private final Clock clock;
  private Optional<Connection> connection = Optional.empty();

  SnapshotReader(DataFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** Something that is read by the connection. */
  private interface Reading<T> {
    T by(Connection connection) throws SQLException;
  }

  private <T> T read(Reading<T> reading) {
    try {
      if (connection.isEmpty()) {
        connection = Optional.of(folder.connect());
      }
      return reading.by(connection.get());
    } catch (SQLException e) {
      close();
      throw new StoreException(Outcome.NOTHING_CHANGED, "the read failed: " + e.getMessage(), e);
    }
  }

  /** The project's snapshot of this id. */
  Optional<Snapshot> find(String projectId, UUID id) {
    return read(by -> find(by, projectId, id));
  }

  private Optional<Snapshot> find(Connection by, String projectId, UUID id) throws SQLException {
    try (PreparedStatement select =
        by.prepareStatement(
            "SELECT " + COLUMNS + " FROM snapshots WHERE id = ? AND project_id = ?")) {
      select.setString(1, id.toString());
      select.setString(2, projectId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(snapshot(row, clock.millis())) : Optional.empty();
      }
    }
  }

  private static long count(Connection by, String projectId, String clusterId) throws SQLException {
    try (PreparedStatement select =
        by.prepareStatement(
            "SELECT snapshots FROM cluster_counts WHERE project_id = ? AND cluster_id = ?")) {
      select.setString(1, projectId);
      select.setString(2, clusterId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /**
   * The next snapshots of the list, so many at the most; fewer where it ends.
   *
   * @param after empty to begin with
   */
  Rows rows(Selection selection, Optional<Place> after, int most) {
    return read(by -> rows(by, selection, after, most));
  }

  /**
   * So many snapshots of a cluster's list, at the most, after those that are skipped, and how many
   * it has.
   *
   * @param selection of a cluster
   */
  CountedRows rows(Selection selection, long skip, int most) {
    return read(
        by -> {
          by.setAutoCommit(false); // one transaction, so that the count is that of the list
          try {
            long count = count(by, selection.projectId(), selection.clusterId().orElseThrow());
            return skip >= count || most == 0
                ? new CountedRows(new Rows(List.of(), Optional.empty()), count)
                : new CountedRows(rows(by, selection, skipped(by, selection, skip), most), count);
          } finally {
            by.setAutoCommit(true);
          }
        });
  }

  /** The place of the last that is skipped. Read from the index alone: 10,000 take 0.5 ms. */
  private static Optional<Place> skipped(Connection by, Selection selection, long skip)
      throws SQLException {
    if (skip == 0) {
      return Optional.empty();
    }
    try (PreparedStatement select = by.prepareStatement(sqlOfSkipped(selection))) {
      bind(select, selection, Optional.empty());
      select.setLong(3, skip - 1);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(place(row, 1)) : Optional.empty();
      }
    }
  }

  static String sqlOfSkipped(Selection selection) {
    return String.format(
        Locale.ROOT,
        """
        SELECT %s
        FROM snapshots
        WHERE project_id = ? AND cluster_id = ?
        ORDER BY %s
        LIMIT 1 OFFSET ?
        """,
        selection.order().columns(),
        selection.order().inDirection(selection.descending()));
  }

  private Rows rows(Connection by, Selection selection, Optional<Place> after, int most)
      throws SQLException {
    try (PreparedStatement select = by.prepareStatement(sql(selection, after.isPresent()))) {
      int bound = bind(select, selection, after);
      select.setInt(bound + 1, most);
      try (ResultSet row = select.executeQuery()) {
        return rows(row, most);
      }
    }
  }

  /**
   * For example, by name and descending, where a list goes on: SELECT id, …, name_key FROM
   * snapshots WHERE project_id = ? AND cluster_id = ? AND (name_key) < (?) ORDER BY name_key DESC
   * LIMIT ?
   */
  static String sql(Selection selection, boolean begun) {
    boolean descending = selection.descending();
    return String.format(
        Locale.ROOT,
        """
        SELECT %s, %s
        FROM snapshots
        WHERE project_id = ? %s %s
        ORDER BY %s
        LIMIT ?
        """,
        COLUMNS,
        selection.order().columns(),
        selection.clusterId().isPresent() ? "AND cluster_id = ?" : "",
        begun ? "AND " + selection.order().after(descending) : "",
        selection.order().inDirection(descending));
  }

  /** Sets what the query selects; returns how many values that were. */
  private static int bind(PreparedStatement select, Selection selection, Optional<Place> after)
      throws SQLException {
    int at = 0;
    select.setString(++at, selection.projectId());
    if (selection.clusterId().isPresent()) {
      select.setString(++at, selection.clusterId().get());
    }
    for (Object value : after.map(Place::values).orElse(List.of())) {
      select.setObject(++at, value);
    }
    return at;
  }

  private Rows rows(ResultSet row, int most) throws SQLException {
    List<Snapshot> snapshots = new ArrayList<>(most);
    Optional<Place> last = Optional.empty();
    long now = clock.millis();
    while (row.next()) {
      snapshots.add(snapshot(row, now));
      if (snapshots.size() == most) {
        last = Optional.of(place(row, FIRST_OF_PLACE));
      }
    }
    return new Rows(snapshots, last);
  }

  private static Place place(ResultSet row, int first) throws SQLException {
    List<Object> values = new ArrayList<>();
    for (int i = first; i <= row.getMetaData().getColumnCount(); i++) {
      values.add(row.getObject(i));
    }
    return new Place(values);
  }

  private static Snapshot snapshot(ResultSet row, long now) throws SQLException {
    long finished = row.getLong(8);
    return new Snapshot(
        UUID.fromString(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getDouble(6),
        Instant.ofEpochMilli(row.getLong(7)),
        finished <= now ? Optional.of(Instant.ofEpochMilli(finished)) : Optional.empty());
  }

  @Override
  public void close() {
    Optional<Connection> last = connection;
    connection = Optional.empty();
    try {
      if (last.isPresent()) {
        last.get().close();
      }
    } catch (SQLException e) {
      System.getLogger(SnapshotReader.class.getName())
          .log(System.Logger.Level.WARNING, "a connection was not closed cleanly", e);
    }
  }
}
