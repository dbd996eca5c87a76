package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import javax.sql.DataSource;

/** A PostgreSQL database, shared with any number of servers. */
final class PostgreSql implements Database {
  /** How long a start waits for it: a database that starts at the same time takes seconds. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(PostgreSql.class.getName());

  /** serialization_failure, deadlock_detected. */
  private static final Set<String> GAVE_WAY = Set.of("40001", "40P01");

  /** too_many_connections: those that there are go on. */
  private static final String NO_ROOM = "53300";

  /**
   * Of a new connection. A commit is acknowledged when it is on disk, whatever is the default here
   * (what is not {@code off} is left as it is). Who waits for a lock gives up before the socket
   * does. A server that stops in the middle of a transaction is not waited for.
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
  private final Absence absence;
  private final String schema;

  private PostgreSql(PostgreSqlAddress address, String schema) {
    this.address = address;
    this.schema = schema;
    this.source = address.source();
    DataSource impatient = address.impatientSource();
    this.absence = new Absence("the database " + address, () -> look(impatient));
  }

  /**
   * Waits until the database is there, and brings its tables up to date.
   *
   * @throws IOException with a message for a person: it is not there in time, does not let us in,
   *     or its tables cannot be used
   */
  static PostgreSql open(PostgreSqlAddress address, Duration patience) throws IOException {
    try (Connection connection = await(address, patience)) {
      return new PostgreSql(address, PostgreSqlSchema.bringUpToDate(connection, address));
    } catch (SQLException e) {
      throw new IOException(
          "the database "
              + address
              + " cannot be used by the user "
              + address.user()
              + ": "
              + Reason.of(e)
              + (Absence.isRefusal(e) ? "; " + PostgreSqlAddress.CREDENTIALS : ""),
          e);
    }
  }

  private static Connection await(PostgreSqlAddress address, Duration patience)
      throws SQLException, IOException {
    String limit = patience.toSeconds() + " seconds";
    DataSource source = address.source();
    long began = System.nanoTime();
    for (boolean first = true; ; first = false) {
      try {
        return open(source);
      } catch (SQLException e) {
        if (!Absence.isOne(e) && !NO_ROOM.equals(e.getSQLState())) {
          throw e;
        }
        String database = "the database " + address;
        if (System.nanoTime() - began > patience.toNanos()) {
          throw new IOException(
              database + " did not come within " + limit + ": " + Reason.of(e), e);
        }
        if (first) {
          String waiting = "waiting for " + database + ", for " + limit + " at the most: ";
          LOG.log(System.Logger.Level.WARNING, () -> waiting + Reason.of(e));
        }
        pause();
      }
    }
  }

  static void pause() throws IOException {
    try {
      Thread.sleep(Absence.LOOK.toMillis());
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

  /** Having no room for one more connection, it is there. */
  private static boolean look(DataSource source) throws SQLException {
    try {
      open(source).close();
    } catch (SQLException e) {
      if (!NO_ROOM.equals(e.getSQLState())) {
        throw e;
      }
    }
    return true;
  }

  /** Held to the schema of the start, whichever the search path finds first by now. */
  @Override
  public Connection connect() throws SQLException {
    Connection connection = open(source);
    try (PreparedStatement path =
        connection.prepareStatement(
            """
            SELECT set_config('search_path',
                              quote_ident(?) || ', ' || current_setting('search_path'), false)
            """)) {
      path.setString(1, schema);
      path.execute();
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public String now() {
    return "CAST(floor(extract(epoch FROM now()) * 1000) AS BIGINT)";
  }

  @Override
  public OptionalLong millis() {
    return OptionalLong.empty();
  }

  @Override
  public int writers() {
    return 2; // one fills a batch while the other one's is committed
  }

  @Override
  public int readers() {
    return 4; // part of the time they wait for the network
  }

  @Override
  public boolean gaveWay(SQLException failure) {
    return GAVE_WAY.contains(String.valueOf(failure.getSQLState()));
  }

  @Override
  public Optional<String> lost() {
    return Optional.empty(); // its own files are its own business
  }

  @Override
  public Optional<String> away() {
    return absence.reason();
  }

  @Override
  public int breaks() {
    return absence.breaks();
  }

  @Override
  public void broke(SQLException failure, int since) {
    absence.noticed(failure, since);
  }

  @Override
  public void close() {
    absence.close();
  }

  @Override
  public String toString() {
    return "the database " + address + ", schema " + schema;
  }
}
