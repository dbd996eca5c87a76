package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Scripts that create the tables, one for each version, in a resource folder. A new database gets
 * all scripts in one transaction; Flyway, which starts slowly, only updates older tables. Each
 * script stores its version in the table {@code snapshots_schema}.
 */
record Schema(String folder, List<String> scripts) {
  private static final List<String> SCRIPTS = List.of("V1__snapshots.sql", "V2__outcome.sql");

  static final Schema SQLITE = new Schema("io/github/dwssnapshots/server/db/sqlite", SCRIPTS);
  static final Schema POSTGRESQL =
      new Schema("io/github/dwssnapshots/server/db/postgresql", SCRIPTS);

  /**
   * Creates or updates the tables, and checks that they are writable.
   *
   * @param lock SQL that locks out other servers until the end of the transaction
   * @param database name in messages
   * @throws IOException if the tables are foreign or newer, with a message for users
   */
  void prepare(DataSource source, String lock, String database) throws IOException, SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(lock);
      int version = version(connection, database);
      if (version == 0) {
        statement.executeUpdate(script());
      } else if (version < scripts.size()) {
        migrate(source, connection, version, database);
      } else if (version > scripts.size()) {
        throw new IOException(
            database + " has tables of version " + version + ", of a newer server");
      }
      connection.commit();
      connection.setAutoCommit(true);
      statement.executeUpdate("DELETE FROM snapshots WHERE 1 = 0");
    }
  }

  /** Returns the version of the tables; 0 for a new database. */
  private int version(Connection connection, String database) throws IOException, SQLException {
    if (exists(connection, "snapshots_schema")) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT max(version) FROM snapshots_schema")) {
        row.next();
        return row.getInt(1);
      }
    }
    if (exists(connection, "snapshots")) {
      throw new IOException(
          database
              + " has tables of release 1.x, which cannot be used, or of another program; use another"
              + " one, or delete it");
    }
    return 0;
  }

  /** Compares the names again: JDBC takes them for patterns, in which _ is any character. */
  private static boolean exists(Connection connection, String table) throws SQLException {
    String schema = connection.getSchema();
    try (ResultSet tables = connection.getMetaData().getTables(null, schema, table, null)) {
      while (tables.next()) {
        if (table.equals(tables.getString("TABLE_NAME"))
            && Objects.equals(schema, tables.getString("TABLE_SCHEM"))) {
          return true;
        }
      }
      return false;
    }
  }

  private String script() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String script : scripts) {
      try (InputStream in = Schema.class.getResourceAsStream("/" + folder + "/" + script)) {
        all.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
      }
    }
    return all.toString();
  }

  private void migrate(DataSource source, Connection connection, int version, String database)
      throws IOException, SQLException {
    try {
      Migration.run(source, connection.getSchema(), folder, version);
    } catch (NoClassDefFoundError e) {
      throw new IOException(
          database
              + " has tables of version "
              + version
              + "; the update needs org.flywaydb:flyway-core on the class path",
          e);
    } catch (RuntimeException e) { // FlywayException can be missing from the class path
      throw new IOException(database + " cannot be updated: " + Reason.of(e), e);
    }
  }
}
