package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** An empty database for a test. */
interface StoreFixture {
  /** Opens the database as a server does. */
  Database open(Schema schema) throws IOException;

  /** The schema that a server creates in it. */
  Schema schema();

  /** A connection that bypasses the store. */
  Connection connect() throws SQLException;

  /** Blocks writers until the transaction of the connection ends. */
  void block(Connection connection) throws SQLException;

  /** The plan of a query, which uses an index if possible. */
  String plan(String sql) throws SQLException;

  static StoreFixture of(DatabaseKind kind, Path folder) throws SQLException {
    return switch (kind) {
      case SQLITE -> new InFolder(folder);
      case POSTGRESQL -> InPostgres.fresh();
    };
  }

  static NewSnapshot snapshot(String project, String cluster, String name) {
    return new NewSnapshot(project, cluster, name, "d", 500, Duration.ofSeconds(2), false);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  static StoreException failure(CompletionStage<?> stage) {
    return assertInstanceOf(
        StoreException.class, assertThrows(ExecutionException.class, () -> get(stage)).getCause());
  }

  default Database open() throws IOException {
    return open(schema());
  }

  default SnapshotStore store() throws IOException {
    return new SnapshotStore(open());
  }

  /** The values of the query's last column, one per line. */
  default String lines(String query) throws SQLException {
    try (Connection connection = connect()) {
      return lines(connection, query);
    }
  }

  static String lines(Connection connection, String query) throws SQLException {
    StringBuilder lines = new StringBuilder();
    try (Statement statement = connection.createStatement();
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

  default void execute(String... statements) throws SQLException {
    try (Connection connection = connect()) {
      for (String sql : statements) {
        execute(connection, sql);
      }
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  final class InFolder implements StoreFixture {
    private final Path folder;

    InFolder(Path folder) {
      this.folder = folder;
    }

    @Override
    public Database open(Schema schema) throws IOException {
      return DataFolder.open(folder, schema);
    }

    @Override
    public Schema schema() {
      return Schema.SQLITE;
    }

    @Override
    public Connection connect() throws SQLException {
      return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"));
    }

    @Override
    public void block(Connection connection) throws SQLException {
      StoreFixture.execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public String plan(String sql) throws SQLException {
      return lines("EXPLAIN QUERY PLAN " + sql);
    }
  }

  final class InPostgres implements StoreFixture {
    final String name;
    private final String url;

    private InPostgres(String name) {
      this.name = name;
      this.url = Postgres.shared().url(name);
    }

    static InPostgres fresh() throws SQLException {
      return new InPostgres(Postgres.shared().freshDatabase());
    }

    String url() {
      return url;
    }

    static Database open(String url) throws IOException {
      PostgreSqlAddress address = new PostgreSqlAddress(url, Optional.empty(), Optional.empty());
      return PostgreSql.open(address, Duration.ZERO, Schema.POSTGRESQL);
    }

    @Override
    public Database open(Schema schema) throws IOException {
      return PostgreSql.open(
          new PostgreSqlAddress(url, Optional.empty(), Optional.empty()), Duration.ZERO, schema);
    }

    @Override
    public Schema schema() {
      return Schema.POSTGRESQL;
    }

    @Override
    public Connection connect() throws SQLException {
      return DriverManager.getConnection(url);
    }

    @Override
    public void block(Connection connection) throws SQLException {
      StoreFixture.execute(connection, "BEGIN");
      StoreFixture.execute(connection, "LOCK TABLE snapshots IN EXCLUSIVE MODE");
    }

    @Override
    public String plan(String sql) throws SQLException {
      StringBuilder generic = new StringBuilder();
      int parameters = 0;
      for (String part : sql.split("\\?", -1)) {
        generic.append(parameters == 0 ? "" : "$" + parameters).append(part);
        parameters++;
      }
      // The simple mode sends the parameters as they are; others would require values.
      try (Connection connection = DriverManager.getConnection(url + "&preferQueryMode=simple")) {
        for (String worse : new String[] {"seqscan", "bitmapscan", "sort", "incremental_sort"}) {
          StoreFixture.execute(connection, "SET enable_" + worse + " = off");
        }
        return StoreFixture.lines(connection, "EXPLAIN (GENERIC_PLAN, COSTS OFF) " + generic);
      }
    }
  }
}
