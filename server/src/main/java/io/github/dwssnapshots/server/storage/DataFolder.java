package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * A data directory: an SQLite file, and a lock that one server can hold. The operating system
 * releases the lock when the process ends.
 */
final class DataFolder implements Database {
  private final Path folder;
  private final Connection lock;
  private final SQLiteDataSource source = new SQLiteDataSource();
  private final DatabaseHealth health = new DatabaseHealth("SQLite", () -> {}); // has no outages

  private DataFolder(Path folder, Connection lock) {
    this.folder = folder;
    this.lock = lock;
    // FULL syncs the log at each commit.
    source.setUrl(url(folder, "snapshots.db") + "?journal_mode=WAL&synchronous=FULL");
  }

  /** A URI: in a path, the driver would take the text after a question mark for options. */
  private static String url(Path folder, String file) {
    return "jdbc:sqlite:" + folder.resolve(file).toUri();
  }

  /**
   * Locks the directory and prepares its tables. Creates it if it is missing.
   *
   * @throws IOException with a message for users
   */
  static DataFolder open(Path path, Schema schema) throws IOException {
    Path folder = path.toAbsolutePath().normalize(); // SQLite would take file:x for a URI
    String name = "the data directory " + folder;
    try {
      create(folder);
      folder.getFileSystem().provider().checkAccess(folder, AccessMode.WRITE, AccessMode.EXECUTE);
      DataFolder open = new DataFolder(folder, lock(folder));
      try {
        schema.prepare(open.source, "SELECT 1", name); // already locked
        return open;
      } catch (Throwable e) {
        open.close();
        throw e;
      }
    } catch (FileSystemException e) { // its message is only a path
      throw new IOException(name + " cannot be used: " + reason(e), e);
    } catch (SQLException e) {
      String reason =
          e.getCause() instanceof NativeLibraryNotFoundException
              ? "SQLite's library cannot be loaded from "
                  + System.getProperty("java.io.tmpdir")
                  + "; java -Djava.io.tmpdir=DIR sets another temporary directory"
              : Reason.of(e);
      throw new IOException(name + " cannot be used: " + reason, e);
    }
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (AccessDeniedException | FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException e) {
      String reason = Objects.toString(e.getReason(), "no such file or directory");
      throw new IOException(
          "the data directory " + folder + " cannot be created: " + e.getFile() + ": " + reason, e);
    }
  }

  private static String reason(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied for " + e.getFile();
    }
    if (e instanceof FileAlreadyExistsException) {
      boolean exists = Files.exists(Path.of(e.getFile()));
      return e.getFile() + (exists ? " is a file" : " is a symbolic link without a target");
    }
    return e.getFile() + ": " + Objects.toString(e.getReason(), "no such file or directory");
  }

  /**
   * Locks the directory by an open transaction on a separate database. A JDK file lock is not
   * sufficient: on POSIX, closing any channel to the file in this process releases it.
   */
  private static Connection lock(Path folder) throws IOException, SQLException {
    Connection lock = DriverManager.getConnection(url(folder, "lock.db") + "?busy_timeout=0");
    try (Statement statement = lock.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      return lock;
    } catch (SQLException e) {
      lock.close();
      if (e.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code) {
        throw new IOException(
            "another server uses the data directory "
                + folder
                + "; stop it, or use another --data DIR");
      }
      throw e;
    }
  }

  @Override
  public Connection connect() throws SQLException {
    return source.getConnection();
  }

  @Override
  public boolean isInProcess() {
    return true;
  }

  @Override
  public int readers() {
    return 2;
  }

  @Override
  public String now() {
    return "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";
  }

  @Override
  public Object column(UUID id) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return bytes.array();
  }

  @Override
  public UUID id(Object column) {
    ByteBuffer bytes = ByteBuffer.wrap((byte[]) column);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private static final String INSERT =
      """
      INSERT INTO snapshots
        (id, project, cluster, name, description, size_gb, started, finished, fails)
      VALUES (?, ?, ?, ?, ?, ?, NOW, NOW + ?, ?)
      ON CONFLICT (project, name) DO NOTHING
      """;

  /** The unique index decides between equal names. */
  @Override
  public List<Boolean> insert(Session session, List<Insertion> insertions) {
    return committed(
        session,
        INSERT.replace("NOW", now()),
        insert -> {
          for (Insertion insertion : insertions) {
            NewSnapshot snapshot = insertion.snapshot();
            ClusterNumbers numbers = ClusterNumbers.of(session, snapshot);
            insert.setObject(1, column(insertion.id()));
            insert.setInt(2, numbers.project());
            insert.setInt(3, numbers.cluster());
            insert.setString(4, snapshot.name());
            insert.setString(5, snapshot.description());
            insert.setDouble(6, snapshot.sizeGb());
            insert.setLong(7, snapshot.creationTime().toMillis());
            insert.setBoolean(8, snapshot.fails());
            insert.addBatch();
          }
        });
  }

  @Override
  public List<Boolean> delete(Session session, List<Deletion> deletions) {
    return committed(
        session,
        "DELETE FROM snapshots WHERE id = ? AND project = " + ClusterNumbers.PROJECT,
        delete -> {
          for (Deletion deletion : deletions) {
            delete.setObject(1, column(deletion.id()));
            delete.setString(2, deletion.projectId());
            delete.addBatch();
          }
        });
  }

  private interface Batch {
    void addTo(PreparedStatement statement) throws SQLException;
  }

  private static List<Boolean> committed(Session open, String sql, Batch batch) {
    return open.run(
        session -> {
          session.connection().setAutoCommit(false);
          PreparedStatement statement = session.prepared(sql);
          batch.addTo(statement);
          int[] rows = statement.executeBatch();
          try {
            session.connection().commit();
          } catch (SQLException e) {
            throw session.failed(Outcome.UNKNOWN, e);
          }
          return Arrays.stream(rows).mapToObj(count -> count == 1).toList();
        });
  }

  @Override
  public DatabaseHealth health() {
    return health;
  }

  /** Releases the lock on the data directory. */
  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } catch (SQLException e) {
      throw new IOException(this + " cannot be unlocked: " + Reason.of(e), e);
    }
  }

  @Override
  public String toString() {
    return "the directory " + folder;
  }
}
