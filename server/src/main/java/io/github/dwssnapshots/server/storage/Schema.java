package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteDataSource;

/**
 * The tables of the database, and how an older file gets those of this version. Each migration ends
 * with its own number in the file's {@code user_version}, so that a file that is up to date is
 * known by one look and starts without Flyway, which costs 0.3 s.
 */
final class Schema {
  /** The number of the last migration in {@code db/}; a test holds the two together. */
  static final int VERSION = 2;

  private Schema() {}

  /**
   * Brings the file's tables up to this version, all or nothing.
   *
   * @throws IOException with a message for a person: the file is no database of this server's, or
   *     of a newer one
   */
  static void bringUpToDate(Connection connection, SQLiteDataSource source, Path file)
      throws IOException, SQLException {
    int version = number(connection, "PRAGMA user_version");
    if (version > VERSION) {
      throw new IOException(
          "the database "
              + file
              + " was written by a newer server: its schema is version "
              + version
              + ", this server knows "
              + VERSION);
    }
    if (version == 0 && isForeign(connection)) {
      throw new IOException("the database " + file + " was not made by this server");
    }
    if (version < VERSION) {
      migrate(source, file);
    }
  }

  /** Tables, but neither ours nor those that Flyway makes first. */
  private static boolean isForeign(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM sqlite_master") > 0
        && number(
                connection,
                "SELECT count(*) FROM sqlite_master WHERE name = 'flyway_schema_history'")
            == 0;
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.getInt(1);
    }
  }

  private static void migrate(SQLiteDataSource source, Path file) throws IOException {
    try {
      Flyway.configure(Schema.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:db")
          // Version 1 made its tables without Flyway.
          .baselineOnMigrate(true)
          .baselineVersion("1")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new IOException(
          "the database " + file + " could not be brought up to date: " + e.getMessage(), e);
    }
  }
}
