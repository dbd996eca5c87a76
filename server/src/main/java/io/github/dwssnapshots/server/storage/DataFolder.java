package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteErrorCode;

/**
 * The folder that holds everything the server keeps: one SQLite file, and a lock that only one
 * server at a time can have. The lock goes with the process, however it ends.
 */
final class DataFolder implements AutoCloseable {
  private static final int SCHEMA_VERSION = 1;

  private final Path folder;
  private final Connection lock;

  private DataFolder(Path folder, Connection lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder where there is none, and takes the lock.
   *
   * @throws IOException with a message for a person: the folder cannot be used, or another server
   *     uses it
   */
  static DataFolder open(Path folder) throws IOException {
    if (folder.toString().indexOf('?') >= 0) { // the driver would take what follows for its options
      throw new IOException("the data folder " + folder + " cannot be used: its path has a ?");
    }
    try {
      Files.createDirectories(folder);
      return new DataFolder(folder, lock(folder));
    } catch (IOException e) {
      throw new IOException("the data folder " + folder + " cannot be used: " + reason(e), e);
    }
  }

  /**
   * A transaction that never ends, on a database of its own. Not a lock of the JDK's: with POSIX
   * the first close of any channel to the file in this process would give it up.
   */
  private static Connection lock(Path folder) throws IOException {
    try {
      Connection lock =
          DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lock.db"), atOnce());
      try (Statement statement = lock.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        return lock;
      } catch (SQLException e) {
        lock.close();
        throw e;
      }
    } catch (SQLException e) {
      boolean busy = e.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code;
      throw new IOException(
          busy ? "another server uses it; stop that one, or take another folder" : e.getMessage(),
          e);
    }
  }

  private static Properties atOnce() {
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", "0");
    return properties;
  }

  /** The messages of these three are a bare path. */
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "there is a file of this name";
    }
    return e instanceof NoSuchFileException ? "it cannot be made" : String.valueOf(e.getMessage());
  }

  /**
   * Connects to the database, and makes its tables where there are none.
   *
   * @throws IOException with a message for a person: the file is no database of this server's
   */
  Connection connect() throws IOException {
    Path file = folder.resolve("snapshots.db");
    if (Files.exists(file) && !Files.isWritable(file)) { // SQLite tells only at the first write
      throw new IOException("the database " + file + " cannot be written: permission denied");
    }
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, durable());
      try {
        migrate(connection, file);
        return connection;
      } catch (IOException | SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException("the database " + file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * As connection properties: of several PRAGMAs in one statement, the driver runs only the first.
   */
  private static Properties durable() {
    Properties properties = new Properties();
    properties.setProperty("journal_mode", "WAL");
    // Syncs the log at each commit, so that what was acknowledged survives a loss of power.
    properties.setProperty("synchronous", "FULL");
    return properties;
  }

  private static void migrate(Connection connection, Path file) throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = version(statement);
      if (version > SCHEMA_VERSION) {
        throw new IOException(
            "the database "
                + file
                + " was written by a newer server: its schema is version "
                + version
                + ", this server knows "
                + SCHEMA_VERSION);
      }
      if (version == 0 && hasTables(statement)) {
        throw new IOException("the database " + file + " was not made by this server");
      }
      if (version == 0) {
        connection.setAutoCommit(false);
        statement.executeUpdate(resource("/db/V1__snapshots.sql"));
        statement.executeUpdate("PRAGMA user_version = " + SCHEMA_VERSION);
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.getInt(1);
    }
  }

  private static boolean hasTables(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
      return row.getInt(1) > 0;
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = DataFolder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the server's jar is not whole: " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Gives the folder free for another server. */
  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } catch (SQLException e) {
      throw new IOException(
          "the data folder " + folder + " was not given free: " + e.getMessage(), e);
    }
  }
}
