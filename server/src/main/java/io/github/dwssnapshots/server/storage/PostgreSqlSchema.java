package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The tables of a PostgreSQL database, and how it gets them. One look tells whether it has those of
 * this version: then the rights to make tables are not needed.
 */
final class PostgreSqlSchema {
  /** A test holds it to the folder. */
  static final int VERSION = 1;

  private static final String FOLDER = "io/github/dwssnapshots/server/db/postgresql";

  /** Flyway's, by a name of our own: the schema may be shared with somebody else's tables. */
  private static final String HISTORY = "snapshots_schema_history";

  /** "snapshot", as a number that nobody else is likely to lock. */
  private static final long LOCK = 0x736e617073686f74L;

  private PostgreSqlSchema() {}

  /**
   * Brings the tables up to this version. Of several servers that start at the same time one does
   * it, and the others wait, so long at the most.
   *
   * @param connection that of the lock; it is to be closed afterwards
   * @throws IOException with a message for a person: the tables cannot be made, or are those of a
   *     newer server; or the database cannot keep each text
   */
  static void bringUpToDate(
      Connection connection, DataSource source, PostgreSqlAddress address, Duration patience)
      throws IOException, SQLException {
    String encoding = text(connection, "SELECT current_setting('server_encoding')");
    if (!encoding.equals("UTF8")) {
      throw new IOException(
          "the database "
              + address
              + " has the encoding "
              + encoding
              + ", which cannot keep each description; make it with: createdb --encoding=UTF8"
              + " --template=template0 …");
    }
    int version = version(connection);
    if (version > VERSION) {
      throw new IOException(
          "the database "
              + address
              + " was written by a newer server: its schema is version "
              + version
              + ", this server knows "
              + VERSION);
    }
    if (version < VERSION && !mayMakeTables(connection)) { // Flyway would try for 10 s
      throw new IOException(
          "the database "
              + address
              + " does not have the tables of this version yet, and this role may not make them:"
              + " start a server once as a role that may create in the schema, then GRANT SELECT,"
              + " INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA … to this one");
    }
    if (version < VERSION) {
      lock(connection, address, patience);
      if (version(connection) < VERSION) { // nobody else has done it meanwhile
        migrate(source, address);
      }
    }
  }

  /**
   * Keeps other servers out, until the connection is closed. Flyway's own lock begins too late: of
   * two that find an empty database one fails when the other one has made the history.
   */
  private static void lock(Connection connection, PostgreSqlAddress address, Duration patience)
      throws IOException, SQLException {
    long began = System.nanoTime();
    while (!text(connection, "SELECT pg_try_advisory_lock(" + LOCK + ")").equals("t")) {
      if (System.nanoTime() - began > patience.toNanos()) {
        throw new IOException(
            "another server has been changing the tables of the database "
                + address
                + " for more than "
                + patience.toSeconds()
                + " seconds");
      }
      PostgreSql.pause();
    }
  }

  private static int version(Connection connection) throws SQLException {
    boolean known =
        Boolean.parseBoolean(
            text(
                connection,
                """
                SELECT CAST(count(*) > 0 AS VARCHAR)
                FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_name = '%s'
                """
                    .replace("%s", HISTORY)));
    return known
        ? Integer.parseInt(
            text(
                connection,
                "SELECT coalesce(max(CAST(version AS INTEGER)), 0) FROM "
                    + HISTORY
                    + " WHERE success"))
        : 0;
  }

  private static boolean mayMakeTables(Connection connection) throws SQLException {
    return text(
            connection, "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)")
        .equals("t");
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void migrate(DataSource source, PostgreSqlAddress address) throws IOException {
    try {
      Flyway.configure(PostgreSqlSchema.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:" + FOLDER)
          .table(HISTORY)
          // The schema may have somebody else's tables.
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new IOException(
          "the tables of the database "
              + address
              + " could not be brought up to date: "
              + e.getMessage().replaceAll("\\s+", " "),
          e);
    }
  }
}
