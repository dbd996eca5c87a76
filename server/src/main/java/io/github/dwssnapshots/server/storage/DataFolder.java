package io.github.dwssnapshots.server.storage;

import java.io.IOException;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * The folder that holds everything the server keeps: one SQLite file, and a lock that only one
 * server at a time can have. The lock goes with the process, however it ends.
 */
final class DataFolder implements Database {
  private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());

  private final Path folder;
  private final Connection lock;
  private final ForwardClock clock;

  private Optional<KeptFiles> files = Optional.empty();

  /**
   * Open for as long as the folder is: with the last connection SQLite deletes its log. In no
   * transaction: what one sees cannot be written over in the log, which would grow for ever.
   */
  private Optional<Connection> keeper = Optional.empty();

  private final SQLiteDataSource source = new SQLiteDataSource(durable());

  private DataFolder(Path folder, Connection lock, ForwardClock clock) {
    this.folder = folder;
    this.lock = lock;
    this.clock = clock;
    this.source.setUrl("jdbc:sqlite:" + file());
  }

  private Path file() {
    return folder.resolve("snapshots.db");
  }

  private static Path lockFile(Path folder) {
    return folder.resolve("lock.db");
  }

  /**
   * Makes the folder where there is none, takes the lock, and brings the database up to date.
   *
   * @param clock decides when a snapshot has been created, and when its creation has ended
   * @throws IOException with a message for a person: the folder cannot be used, another server uses
   *     it, or the database in it is not one of this server's
   */
  static DataFolder open(Path folder, ForwardClock clock) throws IOException {
    if (folder.toString().indexOf('?') >= 0) { // the driver would take what follows for its options
      throw new IOException("the data folder " + folder + " cannot be used: its path has a ?");
    }
    DataFolder open;
    try {
      Files.createDirectories(folder);
      Path absolute = folder.toAbsolutePath(); // file:x would be a URI to SQLite
      open = new DataFolder(absolute, lock(absolute), clock);
    } catch (IOException e) {
      throw new IOException("the data folder " + folder + " cannot be used: " + reason(e), e);
    }
    try {
      open.bringUpToDate();
      return open;
    } catch (Throwable e) {
      open.close();
      throw e;
    }
  }

  /**
   * A transaction that never ends, on a database of its own. Not a lock of the JDK's: with POSIX
   * the first close of any channel to the file in this process would give it up.
   */
  private static Connection lock(Path folder) throws IOException {
    try {
      Connection lock = DriverManager.getConnection("jdbc:sqlite:" + lockFile(folder), atOnce());
      try (Statement statement = lock.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        return lock;
      } catch (SQLException e) {
        lock.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException(reason(e), e);
    }
  }

  private static String reason(SQLException e) {
    if (e.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code) {
      return "another server uses it; stop that one, or take another folder";
    }
    return e.getCause() instanceof NativeLibraryNotFoundException
        ? "SQLite's library cannot be put into the temporary folder and loaded from there; java"
            + " -Djava.io.tmpdir=DIR takes another one"
        : e.getMessage();
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

  private void bringUpToDate() throws IOException {
    if (Files.exists(file()) && !Files.isWritable(file())) { // SQLite tells only at the first write
      throw new IOException("the database " + file() + " cannot be written: permission denied");
    }
    try {
      Connection connection = connect();
      keeper = Optional.of(connection);
      SqliteSchema.bringUpToDate(connection, source, file());
      endOfLast(connection).ifPresent(this::goOnFrom);
      // The log has what was committed last.
      files =
          Optional.of(
              new KeptFiles(List.of(lockFile(folder), file(), folder.resolve("snapshots.db-wal"))));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the data folder " + folder + " cannot be used: there is no " + e.getMessage(), e);
    } catch (SQLException e) {
      boolean damaged = e.getErrorCode() == SQLiteErrorCode.SQLITE_CORRUPT.code;
      String what = damaged ? " is damaged: " : " cannot be opened: ";
      throw new IOException("the database " + file() + what + Reason.of(e), e);
    }
  }

  /**
   * When the last snapshot had finished, if it has yet to begin: the clock has been set back since.
   * Whether it had finished nobody knows any more; that it has is true whatever was told before.
   */
  private OptionalLong endOfLast(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT started, finished FROM snapshots ORDER BY seq DESC LIMIT 1")) {
      return row.next() && clock.millis() < row.getLong("started")
          ? OptionalLong.of(row.getLong("finished"))
          : OptionalLong.empty();
    }
  }

  private void goOnFrom(long millis) {
    LOG.log(
        System.Logger.Level.WARNING,
        "the last snapshot has yet to begin, by this machine's clock; until that shows {0}, new"
            + " ones begin then",
        Instant.ofEpochMilli(millis));
    clock.goOnFrom(millis);
  }

  @Override
  public Connection connect() throws SQLException {
    return source.getConnection();
  }

  @Override
  public String now() {
    return Long.toString(millis().orElseThrow());
  }

  @Override
  public OptionalLong millis() {
    return OptionalLong.of(clock.millis());
  }

  @Override
  public int writers() {
    return 1; // SQLite has one at a time
  }

  @Override
  public int readers() {
    return Runtime.getRuntime().availableProcessors(); // who reads a local file does not wait
  }

  @Override
  public boolean gaveWay(SQLException failure) {
    return false; // nobody else writes
  }

  @Override
  public Optional<String> lost() {
    return files.flatMap(KeptFiles::lost);
  }

  @Override
  public Optional<String> away() {
    return Optional.empty(); // a file may be full or damaged, and is tried again each time
  }

  @Override
  public int breaks() {
    return 0;
  }

  @Override
  public void broke(SQLException failure, int since) {
    // The other connections are none the worse for it.
  }

  private static SQLiteConfig durable() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // Syncs the log at each commit, so that what was acknowledged survives a loss of power.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    return config;
  }

  /** Gives the folder free for another server. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (keeper.isPresent()) {
        keeper.get().close();
      }
    } catch (SQLException e) {
      throw new IOException(
          "the data folder " + folder + " was not given free: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "the folder " + folder.toAbsolutePath().normalize();
  }
}
