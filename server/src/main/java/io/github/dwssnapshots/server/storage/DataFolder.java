package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The folder that holds everything the server keeps: one SQLite file, and a lock that only one
 * server at a time can have. The lock goes with the process, however it ends.
 */
final class DataFolder implements AutoCloseable {
  private static final int SCHEMA_VERSION = 1;

  private final Path folder;
  private final FileChannel lockFile;

  private DataFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder where there is none, and takes the lock.
   *
   * @throws IOException with a message for a person: the folder cannot be used, or another server
   *     uses it
   */
  static DataFolder open(Path folder) throws IOException {
    FileChannel lockFile;
    try {
      Files.createDirectories(folder);
      lockFile =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException("the data folder " + folder + " cannot be used: " + reason(e), e);
    }
    if (!lock(lockFile)) {
      lockFile.close();
      throw new IOException(
          "the data folder "
              + folder
              + " is in use by another server; stop it, or choose another --data");
    }
    return new DataFolder(folder, lockFile);
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

  private static boolean lock(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException inThisProcess) {
      return false;
    }
  }

  /**
   * Connects to the database, and makes its tables where there are none.
   *
   * @throws IOException with a message for a person: the file is no database of this server's
   */
  Connection connect() throws IOException {
    Path file = folder.resolve("snapshots.db");
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
    // Syncs the log at each commit: what was acknowledged survives a loss of power. NORMAL would
    // not.
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
    lockFile.close();
  }
}
