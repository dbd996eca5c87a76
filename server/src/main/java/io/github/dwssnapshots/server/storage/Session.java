package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A connection with its prepared statements. Opened on first use and again after any failure:
 * SQLite ends a transaction when the disk is full, and its driver does not notice. Not thread-safe.
 */
final class Session implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());

  /** A connection that was idle longer is checked before use. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int CHECK_SECONDS = 1;

  interface Work<T> {
    T run(Session session) throws SQLException;
  }

  private final Database database;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Map<Object, ClusterNumbers> numbers = new HashMap<>();
  private Optional<Connection> connection = Optional.empty();
  private int outages;
  private long lastUse;

  Session(Database database) {
    this.database = database;
  }

  /**
   * Runs work with an open connection.
   *
   * @throws StoreException if the database fails; nothing was changed, unless the work throws
   *     another outcome
   */
  <T> T run(Work<T> work) {
    database.health().check();
    try {
      open();
      T result = work.run(this);
      lastUse = System.nanoTime();
      return result;
    } catch (SQLException e) {
      throw failed(Outcome.NOTHING_CHANGED, e);
    } catch (RuntimeException | Error e) {
      close(); // discards uncommitted changes
      throw e;
    }
  }

  /** Opens a connection unless the current one is usable. */
  private void open() throws SQLException {
    if (connection.isPresent() && !isUsable(connection.get())) {
      close();
    }
    if (connection.isEmpty()) {
      outages = database.health().outages();
      connection = Optional.of(database.connect());
      lastUse = System.nanoTime();
    }
  }

  private boolean isUsable(Connection used) throws SQLException {
    return outages == database.health().outages()
        && (System.nanoTime() - lastUse < IDLE_NANOS || used.isValid(CHECK_SECONDS));
  }

  Connection connection() {
    return connection.orElseThrow();
  }

  /** Prepares a statement once for each connection. */
  PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection().prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** Numbers cached for this connection; the next one can see a restored database. */
  Map<Object, ClusterNumbers> numbers() {
    return numbers;
  }

  /** Closes the connection after a failure. Returns the exception to throw. */
  StoreException failed(Outcome outcome, SQLException e) {
    close();
    database.health().failed(e, outages);
    return new StoreException(outcome, "the database failed: " + Reason.of(e));
  }

  @Override
  public void close() {
    Optional<Connection> closing = connection;
    connection = Optional.empty();
    statements.clear();
    numbers.clear();
    try {
      if (closing.isPresent()) {
        closing.get().close();
      }
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot close a connection", e);
    }
  }
}
