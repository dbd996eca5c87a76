package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** A PostgreSQL database, shared by any number of servers. */
final class PostgreSql implements Database {
  private static final System.Logger LOG = System.getLogger(PostgreSql.class.getName());

  /** Time to wait for a database that starts at the same time. */
  static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  /** Serializes servers that start together. The key is "snapshot" in ASCII. */
  private static final String LOCK =
      "SET LOCAL lock_timeout = '30s'; SELECT pg_advisory_xact_lock(8317692697400340340)";

  /**
   * Settings of each connection: commits are on disk when acknowledged, whatever the server's
   * default; waits for locks end before the socket timeout; statements see the commits of others.
   */
  private static final String SETTINGS =
      """
      SELECT set_config('lock_timeout', '3s', false),
             set_config('default_transaction_isolation', 'read committed', false),
             set_config('synchronous_commit',
                        replace(current_setting('synchronous_commit'), 'off', 'on'), false)
      """;

  private final DataSource source;
  private final DatabaseHealth health;
  private final String name;

  private PostgreSql(PostgreSqlAddress address) {
    this.name = "the database " + address;
    this.source = address.source(Optional.empty());
    // With the timeouts of the sessions: a probe must not fail where a session would succeed.
    this.health = new DatabaseHealth(name, () -> source.getConnection().close());
  }

  /**
   * Waits until the database is reachable, then prepares its tables.
   *
   * @throws IOException with a message for users
   */
  static PostgreSql open(PostgreSqlAddress address, Duration timeout, Schema schema)
      throws IOException {
    PostgreSql database = new PostgreSql(address);
    try {
      database.await(System.nanoTime() + timeout.toNanos());
      schema.prepare(address.source(Optional.of(0)), LOCK, database.name);
      return database;
    } catch (SQLException e) {
      database.close();
      String hint = DatabaseHealth.isRejected(e) ? "; " + PostgreSqlAddress.CREDENTIALS : "";
      throw new IOException(database + " cannot be used: " + Reason.of(e) + hint, e);
    }
  }

  private void await(long deadlineNanos) throws SQLException {
    for (boolean isFirst = true; ; isFirst = false) {
      try {
        source.getConnection().close();
        return;
      } catch (SQLException e) {
        if (!DatabaseHealth.isUnreachable(e) || System.nanoTime() >= deadlineNanos) {
          throw e;
        }
        if (isFirst) {
          LOG.log(System.Logger.Level.WARNING, "waiting for " + name + ": " + Reason.of(e));
        }
        DatabaseHealth.pause();
      }
    }
  }

  @Override
  public Connection connect() throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public boolean isInProcess() {
    return false;
  }

  @Override
  public int readers() {
    return 4; // they also wait for the network
  }

  @Override
  public String now() {
    return "CAST(floor(extract(epoch FROM now()) * 1000) AS BIGINT)";
  }

  @Override
  public Object column(UUID id) {
    return id;
  }

  @Override
  public UUID id(Object column) {
    return (UUID) column;
  }

  private static final String INSERT =
      """
      INSERT INTO snapshots
        (id, project, cluster, name, description, size_gb, started, finished, fails)
      SELECT id, project, cluster, name, description, size_gb, NOW, NOW + creation_millis, fails
      FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
        AS new (id, project, cluster, name, description, size_gb, creation_millis, fails)
      ON CONFLICT (project, lower(name)) DO NOTHING
      RETURNING id
      """;

  private static final Comparator<Insertion> BY_NAME =
      Comparator.comparing((Insertion i) -> i.snapshot().projectId())
          .thenComparing(i -> i.snapshot().name(), String.CASE_INSENSITIVE_ORDER);

  /**
   * The unique index decides between equal names. All servers insert in the same order, so that
   * inserts of the same names wait instead of deadlocking.
   */
  @Override
  public List<Boolean> insert(Session open, List<Insertion> insertions) {
    List<Insertion> sorted = insertions.stream().sorted(BY_NAME).toList();
    List<NewSnapshot> snapshots = sorted.stream().map(Insertion::snapshot).toList();
    Set<Object> inserted =
        committed(
            open,
            INSERT.replace("NOW", now()),
            session -> {
              List<ClusterNumbers> numbers = new ArrayList<>();
              for (NewSnapshot snapshot : snapshots) {
                numbers.add(ClusterNumbers.of(session, snapshot));
              }
              return List.of(
                  array(session, "uuid", sorted, Insertion::id),
                  array(session, "int4", numbers, ClusterNumbers::project),
                  array(session, "int4", numbers, ClusterNumbers::cluster),
                  array(session, "text", snapshots, NewSnapshot::name),
                  array(session, "text", snapshots, NewSnapshot::description),
                  array(session, "float8", snapshots, NewSnapshot::sizeGb),
                  array(session, "int8", snapshots, row -> row.creationTime().toMillis()),
                  array(session, "bool", snapshots, NewSnapshot::fails));
            });
    return insertions.stream().map(insertion -> inserted.contains(insertion.id())).toList();
  }

  private static final String DELETE =
      """
      WITH deletions AS (
        SELECT * FROM unnest(?, ?) WITH ORDINALITY AS new (id, project_id, position)
      ), locked AS (
        SELECT id FROM snapshots WHERE id IN (SELECT id FROM deletions) ORDER BY id FOR UPDATE
      )
      DELETE FROM snapshots
      USING deletions JOIN projects ON projects.id = deletions.project_id
      WHERE snapshots.id = deletions.id AND snapshots.project = projects.number
        AND snapshots.id IN (SELECT id FROM locked)
      RETURNING position
      """;

  /** One of several equal deletions has an effect. All servers lock rows in the same order. */
  @Override
  public List<Boolean> delete(Session open, List<Deletion> deletions) {
    Set<Object> deleted =
        committed(
            open,
            DELETE,
            session ->
                List.of(
                    array(session, "uuid", deletions, Deletion::id),
                    array(session, "text", deletions, Deletion::projectId)));
    return LongStream.rangeClosed(1, deletions.size()).mapToObj(deleted::contains).toList();
  }

  private static <T> Array array(
      Session session, String type, List<T> rows, Function<T, Object> column) throws SQLException {
    return session.connection().createArrayOf(type, rows.stream().map(column).toArray());
  }

  /** Executes a statement in auto-commit mode and returns the values of its first column. */
  private static Set<Object> committed(
      Session open, String sql, Session.Work<List<Array>> parameters) {
    return open.run(
        session -> {
          PreparedStatement statement = session.prepared(sql);
          int index = 0;
          for (Array parameter : parameters.run(session)) {
            statement.setArray(++index, parameter);
          }
          Set<Object> returned = new HashSet<>();
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              returned.add(row.getObject(1));
            }
          } catch (SQLException e) {
            throw session.failed(
                DatabaseHealth.isBroken(e) ? Outcome.UNKNOWN : Outcome.NOTHING_CHANGED, e);
          }
          return returned;
        });
  }

  @Override
  public DatabaseHealth health() {
    return health;
  }

  @Override
  public void close() {
    health.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
