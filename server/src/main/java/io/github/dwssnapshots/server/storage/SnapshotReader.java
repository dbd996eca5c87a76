package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.Selection.Place;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads snapshots, by a connection of its own, which sees each commit that has been acknowledged.
 * Not safe for threads.
 */
final class SnapshotReader implements AutoCloseable {
  /**
   * Some snapshots of a list.
   *
   * @param last the place of the last of them; empty where the list ends
   */
  record Rows(List<Snapshot> snapshots, Optional<Place> last) {}

  /** Some snapshots of a list, and how many the whole list has at that moment. */
  record CountedRows(Rows rows, long count) {}

  /** In a row of a list the columns of its order come after those of the snapshot. */
  private static final int FIRST_OF_PLACE = 9;

  private final Database database;
  private final Session session;

  SnapshotReader(Database database) {
    this.database = database;
    // A page and its count are read by two statements, which are to see the same.
    this.session = new Session(database, Connection.TRANSACTION_REPEATABLE_READ);
  }

  void connect() throws SQLException {
    session.connect();
  }

  /** Those of a snapshot as it is now: until it is finished its end is nobody's business. */
  static String columns(Database database) {
    return "id, project_id, cluster_id, name, description, size_gb, started, CASE WHEN finished <= "
        + database.now()
        + " THEN finished END";
  }

  /** The project's snapshot of this id. */
  Optional<Snapshot> find(String projectId, UUID id) {
    return session.run(by -> find(by, projectId, id));
  }

  private Optional<Snapshot> find(Connection by, String projectId, UUID id) throws SQLException {
    try (PreparedStatement select =
        by.prepareStatement(
            "SELECT " + columns(database) + " FROM snapshots WHERE id = ? AND project_id = ?")) {
      select.setString(1, id.toString());
      select.setString(2, projectId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(snapshot(row)) : Optional.empty();
      }
    }
  }

  /**
   * The next snapshots of the list, so many at the most; fewer where it ends, or where their
   * descriptions are long.
   *
   * @param after empty to begin with
   */
  Rows rows(Selection selection, Optional<Place> after, int most) {
    return session.run(by -> rows(by, selection, after, most));
  }

  /**
   * So many snapshots of a cluster's list, at the most, after those that are skipped, and how many
   * it has.
   *
   * @param selection of a cluster
   */
  CountedRows rows(Selection selection, long skip, int most) {
    return session.run(
        by -> {
          by.setAutoCommit(false); // one transaction, so that the count is that of the list
          CountedRows rows = countedRows(by, selection, skip, most);
          by.setAutoCommit(true);
          return rows;
        });
  }

  private CountedRows countedRows(Connection by, Selection selection, long skip, int most)
      throws SQLException {
    long count = ClusterCounts.of(by, selection.projectId(), selection.clusterId().orElseThrow());
    return skip >= count || most == 0
        ? new CountedRows(new Rows(List.of(), Optional.empty()), count)
        : new CountedRows(rows(by, selection, skipped(by, selection, skip), most), count);
  }

  /** The place of the last that is skipped. Read from the index alone: 10,000 take 0.5 ms. */
  private static Optional<Place> skipped(Connection by, Selection selection, long skip)
      throws SQLException {
    if (skip == 0) {
      return Optional.empty();
    }
    try (PreparedStatement select = by.prepareStatement(selection.sqlOfSkipped())) {
      int bound = selection.bind(select, Optional.empty());
      select.setLong(bound + 1, skip - 1);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(Place.of(row, 1)) : Optional.empty();
      }
    }
  }

  private Rows rows(Connection by, Selection selection, Optional<Place> after, int most)
      throws SQLException {
    try (PreparedStatement select =
        by.prepareStatement(selection.sql(columns(database), after.isPresent()))) {
      int bound = selection.bind(select, after);
      select.setInt(bound + 1, most);
      try (ResultSet row = select.executeQuery()) {
        return rows(row, most);
      }
    }
  }

  private static Rows rows(ResultSet row, int most) throws SQLException {
    List<Snapshot> snapshots = new ArrayList<>(most);
    Optional<Place> last = Optional.empty();
    int characters = 0;
    while (last.isEmpty() && row.next()) {
      Snapshot snapshot = snapshot(row);
      snapshots.add(snapshot);
      characters += snapshot.description().length();
      if (snapshots.size() == most || characters >= SnapshotCursor.MOST_CHARACTERS) {
        last = Optional.of(Place.of(row, FIRST_OF_PLACE));
      }
    }
    return new Rows(snapshots, last);
  }

  private static Snapshot snapshot(ResultSet row) throws SQLException {
    long finished = row.getLong(8);
    boolean isFinished = !row.wasNull();
    return new Snapshot(
        UUID.fromString(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getDouble(6),
        Instant.ofEpochMilli(row.getLong(7)),
        isFinished ? Optional.of(Instant.ofEpochMilli(finished)) : Optional.empty());
  }

  @Override
  public void close() {
    session.close();
  }
}
