package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Fails fast while the database is unreachable: after a broken connection, requests are rejected
 * until a probe succeeds. Thread-safe.
 */
final class DatabaseHealth implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DatabaseHealth.class.getName());

  private static final long PROBE_MILLIS = 250;

  interface Probe {
    /** Opens and closes a connection. */
    void run() throws SQLException;
  }

  private final String database;
  private final Probe probe;
  private volatile Optional<String> outage = Optional.empty();
  private volatile int outages;
  private volatile boolean closed;

  DatabaseHealth(String database, Probe probe) {
    this.database = database;
    this.probe = probe;
  }

  /** Whether the connection broke (class 08), which leaves the outcome of a statement unknown. */
  static boolean isBroken(SQLException e) {
    return String.valueOf(e.getSQLState()).startsWith("08") && !isRejected(e);
  }

  /** Whether the login is rejected: class 28, or 08004, which the driver uses for it. */
  static boolean isRejected(SQLException e) {
    return String.valueOf(e.getSQLState()).matches("28.*|08004");
  }

  /** Includes admin_shutdown, crash_shutdown and cannot_connect_now. */
  static boolean isUnreachable(SQLException e) {
    return isBroken(e) || String.valueOf(e.getSQLState()).matches("57P0[123]");
  }

  /**
   * Rejects a request during an outage.
   *
   * @throws StoreException during an outage
   */
  void check() {
    outage.ifPresent(
        reason -> {
          throw new StoreException(Outcome.NOTHING_CHANGED, reason);
        });
  }

  boolean isOut() {
    return outage.isPresent();
  }

  /** Number of outages so far. Connections opened before the last one must not be used. */
  int outages() {
    return outages;
  }

  /**
   * Starts an outage if the database is unreachable.
   *
   * @param since {@link #outages} when the failed connection was opened
   */
  synchronized void failed(SQLException e, int since) {
    if (isUnreachable(e) && since == outages && !isOut()) {
      SnapshotStore.thread(this::probeUntilReachable, "database-probe").start();
      outages++;
      report(e);
    }
  }

  private synchronized void report(Throwable e) {
    Optional<String> now = Optional.of(database + " is unreachable: " + Reason.of(e));
    if (!outage.equals(now)) { // it can change, for example to a rejected password
      outage = now;
      LOG.log(System.Logger.Level.ERROR, now.get());
    }
  }

  private void probeUntilReachable() {
    long start = System.nanoTime();
    do {
      try {
        probe.run();
        recovered(Duration.ofNanos(System.nanoTime() - start));
      } catch (Throwable e) { // Errors too: without this thread the outage never ends
        report(e);
        pause();
      }
    } while (!closed && isOut());
  }

  private synchronized void recovered(Duration duration) {
    outage = Optional.empty();
    LOG.log(
        System.Logger.Level.WARNING,
        database + " is reachable again after " + duration.toMillis() + " ms");
  }

  static void pause() {
    try {
      Thread.sleep(PROBE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
