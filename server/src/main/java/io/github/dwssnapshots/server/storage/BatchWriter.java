package io.github.dwssnapshots.server.storage;

import static java.util.Collections.nCopies;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Deletes and inserts snapshots, many with one commit, by a connection of its own. Not safe for
 * threads.
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

  private final Database database;
  private final Session session;
  private final Duration creationTime;
  private final int slot;
  private final String sqlOfInsertion;
  private final ClusterKeys clusters = new ClusterKeys();
  private final TimeOrderedId ids = new TimeOrderedId();

  /**
   * @param creationTime how long a new snapshot is CREATING
   * @param slot in which it counts
   */
  BatchWriter(Database database, Duration creationTime, int slot) {
    this.session = new Session(database, Connection.TRANSACTION_READ_COMMITTED);
    this.database = database;
    this.creationTime = creationTime;
    this.slot = slot;
    this.sqlOfInsertion = sqlOfInsertion(database);
  }

  /**
   * Deletes each target that is there, then inserts each new snapshot whose name is free in its
   * project. All of them have been asked for at the same time, so that any order is a true one; in
   * this one a name that is given free can be taken.
   *
   * @throws StoreException that says what holds for all of them
   */
  Written write(List<Target> targets, List<NewSnapshot> snapshots) {
    database
        .lost()
        .ifPresent(
            why -> {
              throw new StoreException(Outcome.NOTHING_CHANGED, why);
            });
    return session.transaction(
        by -> {
          ClusterCounts counts = new ClusterCounts(slot);
          Written written = new Written(delete(by, targets, counts), insert(by, snapshots, counts));
          if (!counts.isEmpty()) {
            counts.write(session.prepared(by, ClusterCounts.SQL));
          }
          return written;
        });
  }

  private static List<Boolean> delete(Connection by, List<Target> targets, ClusterCounts counts)
      throws SQLException {
    Map<String, List<UUID>> projects =
        targets.stream()
            .distinct()
            .collect(
                Collectors.groupingBy(
                    Target::projectId,
                    TreeMap::new,
                    Collectors.mapping(Target::id, Collectors.toList())));
    Set<Target> gone = new HashSet<>();
    for (Map.Entry<String, List<UUID>> project : projects.entrySet()) {
      for (Map.Entry<UUID, Integer> row : delete(by, project.getKey(), project.getValue())) {
        gone.add(new Target(project.getKey(), row.getKey()));
        counts.add(row.getValue(), -1);
      }
    }
    // Of those who ask for the same one at the same time, the first is told that it was there.
    return targets.stream().map(gone::remove).toList();
  }

  /** Deletes those that the project has; returns them, each with the key of its cluster. */
  private static List<Map.Entry<UUID, Integer>> delete(
      Connection by, String projectId, List<UUID> ids) throws SQLException {
    List<Map.Entry<UUID, Integer>> rows = new ArrayList<>(ids.size());
    try (PreparedStatement delete = by.prepareStatement(sqlOfDeletion(ids.size()))) {
      int at = 0;
      for (UUID id : ids) {
        delete.setString(++at, id.toString());
      }
      delete.setString(++at, projectId);
      try (ResultSet row = delete.executeQuery()) {
        while (row.next()) {
          rows.add(Map.entry(UUID.fromString(row.getString(1)), row.getInt(2)));
        }
      }
    }
    return rows;
  }

  /**
   * The project is no bare column there, so that SQLite goes by the ids and not through all that
   * the project has.
   */
  static String sqlOfDeletion(int ids) {
    return String.format(
        Locale.ROOT,
        """
        DELETE FROM snapshots
        WHERE id IN (%s) AND project_id || '' = ?
        RETURNING id, cluster_key
        """,
        String.join(", ", nCopies(ids, "?")));
  }

  private List<Optional<UUID>> insert(
      Connection by, List<NewSnapshot> snapshots, ClusterCounts counts) throws SQLException {
    List<Optional<UUID>> inserted = new ArrayList<>(nCopies(snapshots.size(), Optional.empty()));
    if (snapshots.isEmpty()) {
      return inserted;
    }
    Integer[] order = IntStream.range(0, snapshots.size()).boxed().toArray(Integer[]::new);
    if (database.writers() > 1) { // of two who create the same names one waits, and none gives way
      Arrays.sort(
          order,
          Comparator.comparing((Integer i) -> snapshots.get(i).projectId())
              .thenComparing(i -> nameKey(snapshots.get(i).name())));
    }
    long millis = System.currentTimeMillis();
    List<UUID> fresh = snapshots.stream().map(snapshot -> ids.of(millis)).toList();
    int[] keys = clusters.of(snapshots, by);
    int[] rows = insert(by, snapshots, fresh, keys, order);
    for (int row = 0; row < rows.length; row++) {
      int i = order[row];
      if (rows[row] == 1) {
        inserted.set(i, Optional.of(fresh.get(i)));
        counts.add(keys[i], 1);
      }
    }
    return inserted;
  }

  /** Returns for each of the order whether it was inserted: 1 or 0. */
  private int[] insert(
      Connection by, List<NewSnapshot> snapshots, List<UUID> fresh, int[] keys, Integer[] order)
      throws SQLException {
    // The unique key decides who gets a name: two who look first and insert afterwards both find it
    // free. PostgreSQL's driver sends 256 of a batch at once, and then waits for what became of
    // them.
    PreparedStatement insert = session.prepared(by, sqlOfInsertion);
    OptionalLong now = database.millis();
    for (int i : order) {
      NewSnapshot snapshot = snapshots.get(i);
      insert.setString(1, fresh.get(i).toString());
      insert.setString(2, snapshot.projectId());
      insert.setString(3, snapshot.clusterId());
      insert.setString(4, snapshot.name());
      insert.setString(5, nameKey(snapshot.name()));
      insert.setString(6, snapshot.description());
      insert.setDouble(7, snapshot.sizeGb());
      insert.setInt(8, keys[i]);
      int at = 9;
      if (now.isPresent()) {
        insert.setLong(at++, now.getAsLong());
        insert.setLong(at++, now.getAsLong());
      }
      insert.setLong(at, creationTime.toMillis());
      insert.addBatch();
    }
    return insert.executeBatch();
  }

  private static String sqlOfInsertion(Database database) {
    return String.format(
        Locale.ROOT,
        """
        INSERT INTO snapshots
          (id, project_id, cluster_id, name, name_key, description, size_gb, cluster_key,
           started, finished)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, %1$s, %1$s + ?)
        ON CONFLICT (project_id, name_key) DO NOTHING
        """,
        database.millis().isPresent() ? "?" : database.now());
  }

  /** What names that are the same have in common. Names are ASCII. */
  static String nameKey(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  void connect() throws SQLException {
    session.connect();
  }

  Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
  }
}
