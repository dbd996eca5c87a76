package io.github.dwssnapshots.server.storage;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Whether a database is away. While it is, everybody is refused at once, and one thread looks for
 * it until it is back. Safe for any number of threads.
 */
final class Absence implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Absence.class.getName());

  /** How often it is looked for. */
  static final Duration LOOK = Duration.ofMillis(250);

  /** admin_shutdown, crash_shutdown, cannot_connect_now. */
  private static final Set<String> STOPS_OR_STARTS = Set.of("57P01", "57P02", "57P03");

  private final String database;
  private final Callable<?> look;
  private volatile Optional<String> reason = Optional.empty();
  private volatile int breaks;
  private volatile boolean closed;

  /**
   * @param look finds the database there, or throws
   */
  Absence(String database, Callable<?> look) {
    this.database = database;
    this.look = look;
  }

  /**
   * Whether the failure tells that the database is not there (class 08), or stops or starts. Not,
   * that it does not let us in.
   */
  static boolean isOne(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return (state.startsWith("08") && !isRefusal(failure)) || STOPS_OR_STARTS.contains(state);
  }

  /** Whether the failure tells that it does not let us in: class 28, or what the driver finds. */
  static boolean isRefusal(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("28") || state.equals("08004");
  }

  /** Why everybody is refused; empty while the database is there. */
  Optional<String> reason() {
    return reason;
  }

  /** How often connections have broken: those from before that are not to be used any more. */
  int breaks() {
    return breaks;
  }

  /**
   * Is told of a connection that has broken. That alone is no absence: it may have been ended, or a
   * single answer may have taken too long. So the database is looked for first.
   *
   * @param since what {@link #breaks} was when the connection was made
   */
  void noticed(SQLException failure, int since) {
    if (!isOne(failure) || reason.isPresent() || !isNews(since)) {
      return;
    }
    try {
      look.call();
    } catch (Exception e) {
      begin(e);
    }
  }

  private synchronized boolean isNews(int since) {
    boolean news = since == breaks;
    breaks += news ? 1 : 0;
    return news;
  }

  private synchronized void begin(Exception failure) {
    if (reason.isPresent() || closed) {
      return;
    }
    reason = Optional.of(away(failure));
    LOG.log(System.Logger.Level.ERROR, reason.get());
    Thread search = new Thread(this::search, "database-search");
    search.setDaemon(true);
    try {
      search.start();
    } catch (OutOfMemoryError e) { // no thread to be had: the next one to fail tries again
      reason = Optional.empty();
      throw e;
    }
  }

  private String away(Exception failure) {
    return database + " is out of reach: " + Reason.of(failure);
  }

  /** Looks for the database until it is back, whatever happens meanwhile. */
  private void search() {
    long began = System.nanoTime();
    while (!closed) {
      try {
        look.call();
        end(Duration.ofNanos(System.nanoTime() - began));
        return;
      } catch (Exception | Error e) {
        String now = e instanceof Exception failure ? away(failure) : reason.orElseThrow();
        if (!reason.equals(Optional.of(now))) { // for example: back, but the password is another
          reason = Optional.of(now);
          LOG.log(System.Logger.Level.ERROR, now);
        }
      }
      try {
        Thread.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "only close() ends the search", e);
      }
    }
  }

  private synchronized void end(Duration absence) {
    breaks++;
    reason = Optional.empty();
    LOG.log(
        System.Logger.Level.WARNING,
        () -> database + " is back after " + absence.toMillis() + " ms");
  }

  @Override
  public void close() {
    closed = true;
  }
}
