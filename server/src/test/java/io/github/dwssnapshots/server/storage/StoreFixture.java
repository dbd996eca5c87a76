package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** An empty database for a test, whose clock stands where the test puts it. */
interface StoreFixture {
  /** Opens it as a server does. */
  Database open() throws IOException;

  /** Puts the clock that decides for all snapshots. */
  void setTime(long millis) throws SQLException;

  /** A connection past the store. */
  Connection connect() throws SQLException;

  /** Keeps whoever writes waiting, until the transaction of the connection ends. */
  void block(Connection connection) throws SQLException;

  /** How the database goes about the query; it uses an index wherever one serves. */
  String plan(String sql) throws SQLException;

  static StoreFixture of(DatabaseKind kind, Path folder) throws SQLException {
    return switch (kind) {
      case SQLITE -> new InFolder(folder);
      case POSTGRESQL -> InPostgres.fresh();
    };
  }

  default SnapshotStore store(Duration creationTime) throws IOException {
    return SnapshotStore.in(open(), creationTime);
  }

  /** All rows of the query's last column, a line each: in SQLite's plans that is the text. */
  default String lines(String query) throws SQLException {
    StringBuilder lines = new StringBuilder();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int last = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        lines.append(rows.getString(last)).append('\n');
      }
    }
    return lines.toString();
  }

  default long number(String query) throws SQLException {
    return Long.parseLong(lines(query).strip());
  }

  default void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** SQLite, with a clock of the server's. */
  final class InFolder implements StoreFixture {
    private final StandingClock clock = new StandingClock(0);
    private final Path folder;

    InFolder(Path folder) {
      this.folder = folder;
    }

    @Override
    public Database open() throws IOException {
      return DataFolder.open(folder, new ForwardClock(clock, () -> 0));
    }

    @Override
    public void setTime(long millis) {
      clock.set(millis);
    }

    @Override
    public Connection connect() throws SQLException {
      return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
    }

    @Override
    public void block(Connection connection) throws SQLException {
      execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public String plan(String sql) throws SQLException {
      return lines("EXPLAIN QUERY PLAN " + sql);
    }
  }

  /** PostgreSQL, with a function now() that stands before the database's own. */
  final class InPostgres implements StoreFixture {
    private final String url;

    private InPostgres(String url) {
      this.url = url;
    }

    static InPostgres fresh() throws SQLException {
      Postgres server = Postgres.shared();
      String database = server.freshDatabase();
      server.execute(
          database,
          "CREATE SCHEMA clock",
          "CREATE TABLE clock.time AS SELECT CAST(0 AS BIGINT) AS millis",
          """
          CREATE FUNCTION clock.now() RETURNS TIMESTAMPTZ STABLE LANGUAGE SQL
          AS 'SELECT to_timestamp(millis / 1000.0) FROM clock.time'
          """);
      return new InPostgres(server.url(database) + "&currentSchema=public,clock,pg_catalog");
    }

    @Override
    public Database open() throws IOException {
      return PostgreSql.open(
          PostgreSqlAddress.of(url, Optional.empty(), Optional.empty()), Duration.ZERO);
    }

    @Override
    public void setTime(long millis) throws SQLException {
      try (Connection connection = connect()) {
        execute(connection, "UPDATE clock.time SET millis = " + millis);
      }
    }

    @Override
    public Connection connect() throws SQLException {
      return DriverManager.getConnection(url);
    }

    @Override
    public void block(Connection connection) throws SQLException {
      execute(connection, "BEGIN");
      execute(connection, "LOCK TABLE snapshots IN EXCLUSIVE MODE");
    }

    @Override
    public String plan(String sql) throws SQLException {
      StringBuilder generic = new StringBuilder();
      int parameters = 0;
      for (String part : sql.split("\\?", -1)) {
        generic.append(parameters == 0 ? "" : "$" + parameters).append(part);
        parameters++;
      }
      // In one message without values, or the driver says that they are missing.
      try (Connection connection = DriverManager.getConnection(url + "&preferQueryMode=simple");
          Statement statement = connection.createStatement()) {
        for (String worse : new String[] {"seqscan", "bitmapscan", "sort", "incremental_sort"}) {
          statement.execute("SET enable_" + worse + " = off");
        }
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows =
            statement.executeQuery("EXPLAIN (GENERIC_PLAN, COSTS OFF) " + generic)) {
          while (rows.next()) {
            plan.append(rows.getString(1)).append('\n');
          }
        }
        return plan.toString();
      }
    }
  }
}
