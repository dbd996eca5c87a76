package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * A PostgreSQL database, shared with any number of servers. When it goes away, one thread looks for
 * it until it is back, and everybody else is refused at once.
 */
final class PostgreSql implements Database {
  /** How long a start waits for it: a database that starts at the same time takes seconds. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(PostgreSql.class.getName());

  /** How often it is looked for while it is away. */
  private static final long LOOK_MILLIS = 250;

  /** serialization_failure, deadlock_detected. */
  private static final Set<String> GAVE_WAY = Set.of("40001", "40P01");

  /**
   * Of a new connection. A commit is acknowledged when it is on disk, whatever is the default here
   * ({@code local} and the stronger ones stay). Who waits for a lock gives up before the socket
   * does, which would look like a database that is away; and a server that stops in the middle of a
   * transaction is not waited for.
   */
  private static final String SETTINGS =
      """
      SELECT set_config('lock_timeout', '3s', false),
             set_config('idle_in_transaction_session_timeout', '10s', false),
             set_config('synchronous_commit',
                        replace(current_setting('synchronous_commit'), 'off', 'on'), false)
      """;

  private final PostgreSqlAddress address;
  private final DataSource source;
  private final AtomicReference<Optional<String>> away = new AtomicReference<>(Optional.empty());
  private final AtomicInteger absences = new AtomicInteger();
  private volatile boolean closed;

  private PostgreSql(PostgreSqlAddress address) {
    this.address = address;
    this.source = address.source();
  }

  /**
   * Waits until the database is there, and brings its tables up to date.
   *
   * @throws IOException with a message for a person: it is not there in time, does not let us in,
   *     or its tables cannot be used
   */
  static PostgreSql open(PostgreSqlAddress address, Duration patience) throws IOException {
    PostgreSql database = new PostgreSql(address);
    try (Connection connection = database.await(patience)) {
      PostgreSqlSchema.bringUpToDate(connection, database.source, address, PATIENCE);
      return database;
    } catch (SQLException e) {
      throw new IOException(
          "the database " + address + " cannot be used: " + oneLine(e.getMessage()), e);
    }
  }

  private Connection await(Duration patience) throws SQLException, IOException {
    long began = System.nanoTime();
    for (boolean first = true; ; first = false) {
      try {
        return open(source);
      } catch (SQLException e) {
        if (!isAway(e)) {
          throw e;
        }
        if (System.nanoTime() - began > patience.toNanos()) {
          throw new IOException(
              "the database "
                  + address
                  + " did not come within "
                  + patience.toSeconds()
                  + " seconds: "
                  + reason(e),
              e);
        }
        if (first) {
          LOG.log(
              System.Logger.Level.WARNING,
              () ->
                  "waiting for the database "
                      + address
                      + ", for "
                      + patience.toSeconds()
                      + " seconds at the most: "
                      + reason(e));
        }
        pause();
      }
    }
  }

  static void pause() throws IOException {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it waited for the database", e);
    }
  }

  private static Connection open(DataSource source) throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Whether the failure tells that the database is not there (class 08), stops or starts (57P01 to
   * 57P03), or has no room for one more connection (53300). Not, that it does not let us in, which
   * the driver tells by 08004.
   */
  private static boolean isAway(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return (state.startsWith("08") && !state.equals("08004"))
        || state.startsWith("57P0")
        || state.equals("53300");
  }

  private static String reason(SQLException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return oneLine(
        root == e || root.getMessage() == null
            ? e.getMessage()
            : root.getClass().getSimpleName() + ", " + root.getMessage());
  }

  private static String oneLine(String text) {
    return String.valueOf(text).replaceAll("\\s+", " ");
  }

  @Override
  public Connection connect() throws SQLException {
    Optional<String> why = away.get();
    if (why.isPresent()) {
      throw new SQLException(why.get(), "08001");
    }
    return open(source);
  }

  @Override
  public String now() {
    return "CAST(floor(extract(epoch FROM now()) * 1000) AS BIGINT)";
  }

  @Override
  public int writers() {
    return 2; // one fills a batch while the other one's is committed
  }

  @Override
  public int readers() {
    return 8; // most of the time they wait for the network
  }

  @Override
  public boolean gaveWay(SQLException failure) {
    return GAVE_WAY.contains(String.valueOf(failure.getSQLState()));
  }

  @Override
  public void failed(SQLException failure) {
    String why = "the database " + address + " is out of reach: " + reason(failure);
    if (isAway(failure) && away.compareAndSet(Optional.empty(), Optional.of(why))) {
      absences.incrementAndGet();
      LOG.log(System.Logger.Level.ERROR, why);
      Thread search = new Thread(this::search, "database-search");
      search.setDaemon(true);
      search.start();
    }
  }

  /** Looks for the database until it is back. */
  private void search() {
    long began = System.nanoTime();
    DataSource impatient = address.impatientSource();
    while (!closed) {
      try {
        open(impatient).close();
        away.set(Optional.empty());
        LOG.log(
            System.Logger.Level.WARNING,
            () ->
                "the database "
                    + address
                    + " is back after "
                    + Duration.ofNanos(System.nanoTime() - began).toMillis()
                    + " ms");
        return;
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "the database is still away", e);
      }
      try {
        pause();
      } catch (IOException interrupted) {
        return;
      }
    }
  }

  @Override
  public Optional<String> away() {
    return away.get();
  }

  @Override
  public int absences() {
    return absences.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
