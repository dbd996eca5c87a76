package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * The tables of an SQLite file, and how an older one gets those of this version. Each migration
 * ends with its own number in the file's {@code user_version}: one look tells what a file needs.
 * One that is up to date, and one that is new, start without Flyway, which costs 0.4 s.
 */
final class SqliteSchema {
  /** In their order; a test holds them to the folder. */
  static final List<String> MIGRATIONS =
      List.of(
          "V1__snapshots.sql",
          "V2__life_cycle_and_lists.sql",
          "V3__counts_of_several_writers.sql",
          "V4__cluster_keys.sql");

  private static final int VERSION = MIGRATIONS.size();

  /** Not {@code db}: whoever embeds the server may have migrations of their own there. */
  private static final String FOLDER = "io/github/dwssnapshots/server/db/sqlite";

  /** So much is read through at start: it takes 20 ms. Of a larger file the header only. */
  private static final int CHECKED_BYTES = 16 << 20;

  private SqliteSchema() {}

  /**
   * Brings the file's tables up to this version, all or nothing.
   *
   * @throws IOException with a message for a person: the file is no database of this server's, or
   *     of a newer one
   * @throws SQLException it cannot be read, or is damaged
   */
  static void bringUpToDate(Connection connection, SQLiteDataSource source, Path file)
      throws IOException, SQLException {
    check(connection);
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
    if (version == 0 && number(connection, "SELECT count(*) FROM sqlite_master") > 0) {
      throw new IOException("the database " + file + " was not made by this server");
    }
    if (version == 0) {
      create(connection);
    } else if (version < VERSION) {
      migrate(source, version, file);
    }
  }

  /** Or a damaged page would be noticed by whoever asks for what was on it. */
  private static void check(Connection connection) throws SQLException {
    long bytes =
        (long) number(connection, "PRAGMA page_count") * number(connection, "PRAGMA page_size");
    if (bytes > CHECKED_BYTES) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
      String finding = row.getString(1);
      if (!finding.equals("ok")) {
        throw new SQLException(finding, "", SQLiteErrorCode.SQLITE_CORRUPT.code);
      }
    }
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.getInt(1);
    }
  }

  private static void create(Connection connection) throws IOException, SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (String migration : MIGRATIONS) {
        statement.executeUpdate(text(migration));
      }
      connection.commit();
    }
    connection.setAutoCommit(true); // or it would stay in a transaction: see DataFolder
  }

  private static String text(String migration) throws IOException {
    String resource = "/" + FOLDER + "/" + migration;
    try (InputStream in = SqliteSchema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the server's jar is not whole: " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void migrate(SQLiteDataSource source, int version, Path file) throws IOException {
    try {
      Flyway.configure(SqliteSchema.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:" + FOLDER)
          // What was created without Flyway has no history of it, and begins one where it is.
          .baselineOnMigrate(true)
          .baselineVersion(String.valueOf(version))
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new IOException(
          "the database " + file + " could not be brought up to date: " + Reason.of(e), e);
    }
  }
}
