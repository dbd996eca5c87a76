package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The connection of one who reads or writes, made on first use. After a failure it is made anew:
 * SQLite ends a transaction by itself when the disk is full, its driver does not notice, and each
 * statement from then on would be committed on its own. No pool: as many connections as there are
 * threads, each with its own. Not safe for threads.
 */
final class Session implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());

  /** How often something is tried that gives way to others. */
  private static final int MOST_TRIES = 8;

  /** How long it is tried: to find a deadlock takes a second each time. */
  private static final long LONGEST_TRIES_NANOS = 5_000_000_000L;

  /** Grows with each try, so that those who got into each other's way do not meet again. */
  private static final int MOST_PAUSE_MILLIS = 10;

  /** What lay idle for so long may have died unnoticed, and is asked before it is used. */
  private static final long LONG_IDLE_NANOS = 500_000_000;

  private static final int PATIENCE_SECONDS = 1;

  private final Database database;
  private final int isolation;
  private final Map<String, PreparedStatement> kept = new HashMap<>();
  private Optional<Connection> connection = Optional.empty();
  private int breaks;
  private long lastUsed;

  /** Something that is done by a connection. */
  interface Work<T> {
    T by(Connection connection) throws SQLException;
  }

  /**
   * @param isolation of its transactions, one of {@link Connection}'s constants
   */
  Session(Database database, int isolation) {
    this.database = database;
    this.isolation = isolation;
  }

  /**
   * Does the work, in a transaction or with each statement on its own, as the connection is set.
   * Where the database gives way to others, it is done again.
   *
   * @throws StoreException what holds then; nothing was changed, unless the work itself says
   *     otherwise. Without a cause: a database's failure is no fault in the code
   */
  <T> T run(Work<T> work) {
    database
        .away()
        .ifPresent(
            why -> {
              throw new StoreException(Outcome.NOTHING_CHANGED, why);
            });
    long began = System.nanoTime();
    for (int tries = 1; ; tries++) {
      try {
        T done = work.by(connected());
        lastUsed = System.nanoTime();
        return done;
      } catch (SQLException e) {
        boolean isEnough = tries == MOST_TRIES || System.nanoTime() - began > LONGEST_TRIES_NANOS;
        if (isEnough || !database.gaveWay(e)) {
          throw broken(Outcome.NOTHING_CHANGED, e);
        }
        startOver(tries);
      } catch (RuntimeException | Error e) {
        close(); // or the next one would commit what this one has begun
        throw e;
      }
    }
  }

  /** Connects now, so that a database that cannot be used is told in time. */
  void connect() throws SQLException {
    connected();
  }

  /** Does the work and commits it. */
  <T> T transaction(Work<T> work) {
    return run(
        by -> {
          by.setAutoCommit(false);
          T done = work.by(by);
          try {
            by.commit();
          } catch (SQLException e) {
            if (database.gaveWay(e)) {
              throw e;
            }
            throw broken(Outcome.UNKNOWN, e);
          }
          return done;
        });
  }

  /**
   * The statement, kept for the next time: to prepare it anew for each batch takes a tenth of the
   * writer's time.
   *
   * @param by the connection at hand
   * @param sql one of a few
   */
  PreparedStatement prepared(Connection by, String sql) throws SQLException {
    PreparedStatement known = kept.get(sql);
    if (known == null) {
      known = by.prepareStatement(sql);
      kept.put(sql, known);
    }
    return known;
  }

  private StoreException broken(Outcome outcome, SQLException e) {
    close(); // and with it whatever was not committed
    database.broke(e, breaks);
    return new StoreException(
        outcome, database.away().orElseGet(() -> "the database failed: " + Reason.of(e)));
  }

  private void startOver(int tries) {
    try {
      if (connection.isPresent() && !connection.get().getAutoCommit()) {
        connection.get().rollback();
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(MOST_PAUSE_MILLIS * tries));
    } catch (SQLException e) {
      throw broken(Outcome.NOTHING_CHANGED, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The connection; connects where there is none, or none that is still good. */
  private Connection connected() throws SQLException {
    if (connection.isPresent() && isLost(connection.get())) {
      close();
    }
    if (connection.isEmpty()) {
      breaks = database.breaks();
      Connection fresh = database.connect();
      connection = Optional.of(fresh);
      fresh.setTransactionIsolation(isolation);
      lastUsed = System.nanoTime();
    }
    return connection.get();
  }

  private boolean isLost(Connection used) throws SQLException {
    return breaks != database.breaks()
        || (System.nanoTime() - lastUsed > LONG_IDLE_NANOS && !used.isValid(PATIENCE_SECONDS));
  }

  @Override
  public void close() {
    Optional<Connection> last = connection;
    connection = Optional.empty();
    kept.clear(); // closed with their connection
    try {
      if (last.isPresent()) {
        last.get().close();
      }
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "a connection was not closed cleanly", e);
    }
  }
}
