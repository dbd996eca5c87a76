package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
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

  /** Grows with each try, so that those who got into each other's way do not meet again. */
  private static final int MOST_PAUSE_MILLIS = 10;

  /** What lay idle for so long may have died unnoticed, and is asked before it is used. */
  private static final long LONG_IDLE_NANOS = 500_000_000;

  private static final int PATIENCE_SECONDS = 1;

  private final Database database;
  private final int isolation;
  private Optional<Connection> connection = Optional.empty();
  private int absences;
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
   *     otherwise
   */
  <T> T run(Work<T> work) {
    for (int tries = 1; ; tries++) {
      try {
        T done = work.by(connected());
        lastUsed = System.nanoTime();
        return done;
      } catch (SQLException e) {
        if (tries == MOST_TRIES || !database.gaveWay(e)) {
          throw failed(Outcome.NOTHING_CHANGED, e);
        }
        giveWay(tries);
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }
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
            throw failed(Outcome.UNKNOWN, e);
          }
          return done;
        });
  }

  private StoreException failed(Outcome outcome, SQLException e) {
    close(); // and with it whatever was not committed
    database.failed(e);
    return database
        .away()
        .map(why -> new StoreException(outcome, why))
        .orElseGet(() -> new StoreException(outcome, "the database failed: " + e.getMessage(), e));
  }

  private void giveWay(int tries) {
    try {
      if (connection.isPresent() && !connection.get().getAutoCommit()) {
        connection.get().rollback();
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(MOST_PAUSE_MILLIS * tries));
    } catch (SQLException e) {
      throw failed(Outcome.NOTHING_CHANGED, e);
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
      absences = database.absences();
      Connection fresh = database.connect();
      connection = Optional.of(fresh);
      fresh.setTransactionIsolation(isolation);
    }
    return connection.get();
  }

  private boolean isLost(Connection used) throws SQLException {
    return absences != database.absences()
        || (System.nanoTime() - lastUsed > LONG_IDLE_NANOS && !used.isValid(PATIENCE_SECONDS));
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
      LOG.log(System.Logger.Level.WARNING, "a connection was not closed cleanly", e);
    }
  }
}
