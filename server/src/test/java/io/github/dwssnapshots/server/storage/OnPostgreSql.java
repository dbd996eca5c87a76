package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.Postgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;

/** A fresh PostgreSQL database for each test, and what its tests say to a store on it. */
abstract class OnPostgreSql {
  final Postgres server = Postgres.shared();
  String name;

  @BeforeEach
  void make() throws SQLException {
    name = server.freshDatabase();
  }

  static Database open(String url, Duration patience) throws IOException {
    return PostgreSql.open(PostgreSqlAddress.of(url, Optional.empty(), Optional.empty()), patience);
  }

  Database open() throws IOException {
    return open(server.url(name), Duration.ZERO);
  }

  SnapshotStore store() throws IOException {
    return SnapshotStore.in(open(), Duration.ZERO);
  }

  static NewSnapshot snapshot(String snapshotName) {
    return new NewSnapshot("p", "c", snapshotName, "", 500);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  static StoreException failure(CompletionStage<?> stage) {
    return assertInstanceOf(
        StoreException.class, assertThrows(ExecutionException.class, () -> get(stage)).getCause());
  }

  String value(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(name))) {
      return value(connection, query);
    }
  }

  static String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
