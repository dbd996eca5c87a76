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
 * The scripts that make the tables, one for each version of them, in a folder of resources. A new
 * database gets all in one transaction; Flyway, which takes 0.4 s to start, only updates older
 * tables. Each script leaves its version in the table {@code snapshots_schema}.
 */
record Schema(String folder, List<String> scripts) {
  private static final List<String> SCRIPTS = List.of("V1__snapshots.sql");

  static final Schema SQLITE = new Schema("io/github/dwssnapshots/server/db/sqlite", SCRIPTS);
  static final Schema POSTGRESQL =
      new Schema("io/github/dwssnapshots/server/db/postgresql", SCRIPTS);

  /**
   * Makes the tables of a new database, or updates older ones, and checks that they can be written.
   *
   * @param lock SQL that keeps other servers from doing the same, until the end of a transaction
   * @param database for messages
   * @throws IOException with a message for people: the tables are not ours, or newer
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
        throw new IOException(database + " has tables of a newer server, of version " + version);
      }
      connection.commit();
      connection.setAutoCommit(true);
      statement.executeUpdate("DELETE FROM snapshots WHERE 1 = 0");
    }
  }

  /** The version of the tables; 0 if there are none. */
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
              + " has tables of version 1 of this server, which cannot be read, or of another"
              + " program; use another one, or delete it");
    }
    return 0;
  }

  /** Compares the names itself: in JDBC they are patterns, with _ for any character. */
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
              + ", which are updated with org.flywaydb:flyway-core; it is not on the class path",
          e);
    } catch (RuntimeException e) { // Flyway's, of a class that can be missing
      throw new IOException(database + " could not be updated: " + Reason.of(e), e);
    }
  }
}
