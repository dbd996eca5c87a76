package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The tables of a PostgreSQL database, and how it gets them. A look tells whether it has those of
 * this version: then the rights to make tables are not needed.
 */
final class PostgreSqlSchema {
  /** A test holds it to the folder. */
  static final int VERSION = 2;

  private static final String FOLDER = "io/github/dwssnapshots/server/db/postgresql";

  /** Flyway's, by a name of our own: the schema may be shared with somebody else's tables. */
  private static final String HISTORY = "snapshots_schema_history";

  /** "snapshot", as a number that nobody else is likely to lock. */
  private static final long LOCK = 0x736e617073686f74L;

  private final Connection connection;
  private final PostgreSqlAddress address;

  /** The first of the search path that has the tables; else the first, where they would be made. */
  private final String schema;

  private PostgreSqlSchema(Connection connection, PostgreSqlAddress address) throws SQLException {
    this.connection = connection;
    this.address = address;
    this.schema =
        text(
            """
            SELECT coalesce(
              (SELECT nspname
               FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
               WHERE pg_class.oid = to_regclass('%s')),
              current_schema(),
              '')
            """
                .replace("%s", HISTORY));
  }

  /**
   * Brings the tables up to this version. Of several servers that start at the same time one does
   * it, and the others wait.
   *
   * @param connection that of the lock; it is to be closed afterwards
   * @return the schema that they are in
   * @throws IOException with a message for a person: the tables cannot be made or used, or are
   *     those of a newer server; or the database cannot keep each text
   */
  static String bringUpToDate(Connection connection, PostgreSqlAddress address)
      throws IOException, SQLException {
    PostgreSqlSchema tables = new PostgreSqlSchema(connection, address);
    tables.checkDatabase();
    if (tables.version() < VERSION) {
      tables.checkRightToMakeTables();
      tables.lock();
      if (tables.version() < VERSION) { // nobody else has done it meanwhile
        tables.migrate();
      }
    }
    tables.checkRights();
    return tables.schema;
  }

  private void checkDatabase() throws IOException, SQLException {
    String encoding = text("SELECT current_setting('server_encoding')");
    if (!encoding.equals("UTF8")) {
      throw unusable(
          "has the encoding "
              + encoding
              + ", which cannot keep each description; make it with ENCODING 'UTF8' TEMPLATE"
              + " template0");
    }
    if (schema.isEmpty()) {
      throw unusable(
          "has no schema "
              + text("SELECT current_setting('search_path')")
              + ", which is the search path");
    }
    if (is("current_setting('transaction_read_only') = 'on'")) {
      throw unusable("takes no writes from " + address.user() + ": its transactions are read-only");
    }
  }

  private int version() throws IOException, SQLException {
    if (!exists(HISTORY)) {
      if (exists("snapshots")) {
        throw unusable(
            "has a table snapshots in the schema "
                + schema
                + " that is not this server's; ?currentSchema=… in the URL names another schema");
      }
      return 0;
    }
    checkRight("SELECT", HISTORY);
    int version =
        Integer.parseInt(
            text(
                "SELECT coalesce(max(CAST(version AS INTEGER)), 0) FROM "
                    + qualified(HISTORY)
                    + " WHERE success"));
    if (version > VERSION) {
      throw unusable(
          "was written by a newer server: its schema is version "
              + version
              + ", this server knows "
              + VERSION);
    }
    return version;
  }

  /** Flyway would try for 10 s, and then say little. */
  private void checkRightToMakeTables() throws IOException, SQLException {
    if (!is("has_schema_privilege(" + literal(schema) + ", 'CREATE')")) {
      throw unusable(
          "does not have the tables of this version yet, and "
              + address.user()
              + " may make none in the schema "
              + schema
              + "; start a server once as a role that may");
    }
  }

  private void checkRights() throws IOException, SQLException {
    for (String table : new String[] {"snapshots", "clusters", "cluster_counts"}) {
      if (!exists(table)) {
        throw unusable("has lost its table " + table + " in the schema " + schema);
      }
      for (String right : new String[] {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
        checkRight(right, table);
      }
    }
  }

  private void checkRight(String right, String table) throws IOException, SQLException {
    if (!is("has_table_privilege(" + literal(qualified(table)) + ", '" + right + "')")) {
      throw unusable(
          "denies "
              + address.user()
              + " what is given by: GRANT "
              + right
              + " ON "
              + table
              + " TO \""
              + address.user()
              + "\"");
    }
  }

  /** Whether it is there, whoever may use it. */
  private boolean exists(String table) throws SQLException {
    return is("to_regclass(" + literal(qualified(table)) + ") IS NOT NULL");
  }

  private String qualified(String table) {
    return "\"" + schema.replace("\"", "\"\"") + "\"." + table;
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private boolean is(String condition) throws SQLException {
    return text("SELECT " + condition).equals("t");
  }

  private String text(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private IOException unusable(String why) {
    return new IOException("the database " + address + " " + why);
  }

  /**
   * Keeps other servers out, until the connection is closed. Flyway's own lock begins too late: of
   * two that find an empty database one fails when the other one has made the history.
   */
  private void lock() throws IOException, SQLException {
    long began = System.nanoTime();
    while (!is("pg_try_advisory_lock(" + LOCK + ")")) {
      if (System.nanoTime() - began > PostgreSql.PATIENCE.toNanos()) {
        throw unusable(
            "has been changed by another server for more than "
                + PostgreSql.PATIENCE.toSeconds()
                + " seconds; this one waits no longer");
      }
      PostgreSql.pause();
    }
  }

  private void migrate() throws IOException {
    try {
      Flyway.configure(PostgreSqlSchema.class.getClassLoader())
          .dataSource(address.patientSource())
          .locations("classpath:" + FOLDER)
          .defaultSchema(schema)
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
              + Reason.of(e),
          e);
    }
  }
}
