package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.BatchWriter.Target;
import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Keeps snapshots. What it has acknowledged is on disk, and survives the death of the process and a
 * loss of power; whoever asks afterwards sees it.
 *
 * <p>Safe for any number of threads; no method waits for the disk. What they return may be failed
 * with a {@link StoreException}, which says what then holds. What follows must not wait: few
 * threads complete all answers.
 */
public final class SnapshotStore implements AutoCloseable {
  private final Database database;
  private final ExecutorService answers;
  private final SnapshotWriter writer;
  private final SnapshotReaders readers;

  private SnapshotStore(
      Database database, ExecutorService answers, SnapshotWriter writer, SnapshotReaders readers) {
    this.database = database;
    this.answers = answers;
    this.writer = writer;
    this.readers = readers;
  }

  /** Opens the store in this database, which it will close. */
  static SnapshotStore in(Database database, Duration creationTime) throws IOException {
    ExecutorService answers =
        Executors.newFixedThreadPool(SnapshotWriter.SHARES, SnapshotStore::answerThread);
    try {
      SnapshotReaders readers = new SnapshotReaders(database, System::nanoTime);
      try {
        return new SnapshotStore(
            database, answers, SnapshotWriter.start(database, creationTime, answers), readers);
      } catch (Throwable e) {
        readers.close();
        throw e;
      }
    } catch (SQLException e) {
      end(answers, database);
      throw new IOException(
          database
              + " does not give the "
              + (database.readers() + database.writers())
              + " connections that a server needs: "
              + Reason.of(e),
          e);
    } catch (Throwable e) {
      end(answers, database);
      throw e;
    }
  }

  private static void end(ExecutorService answers, Database database) throws IOException {
    answers.shutdown();
    database.close();
  }

  private static Thread answerThread(Runnable task) {
    Thread thread = new Thread(task, "snapshot-answers");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens the store in a folder, which is made where there is none. One server at a time can have
   * it. What an older version kept is brought up to date.
   *
   * @param clock decides when a snapshot has been created, and when its creation has ended
   * @param creationTime how long new snapshots are CREATING; those that are there keep theirs
   * @throws IOException with a message for a person
   */
  public static SnapshotStore inFolder(Path path, ForwardClock clock, Duration creationTime)
      throws IOException {
    return in(DataFolder.open(path, clock), creationTime);
  }

  /**
   * Opens the store in a PostgreSQL database, which any number of servers can share; its clock
   * decides. Waits for a database that is away, for 30 seconds at the most. Makes the tables where
   * there are none, and brings older ones up to date.
   *
   * @param url as the driver has it, {@code jdbc:postgresql://host/database}
   * @param user where the URL has none; otherwise, or where this is empty, as the driver has it
   * @param password likewise
   * @param creationTime how long new snapshots are CREATING; those that are there keep theirs
   * @throws IOException with a message for a person, which does not have the password
   */
  public static SnapshotStore inPostgreSql(
      String url, Optional<String> user, Optional<String> password, Duration creationTime)
      throws IOException {
    return in(
        PostgreSql.open(PostgreSqlAddress.of(url, user, password), PostgreSql.PATIENCE),
        creationTime);
  }

  /**
   * Creates the snapshot, unless its project has one of the same name, in whatever case.
   *
   * @return its id, after the commit that holds it; empty where the name is taken
   */
  public CompletionStage<Optional<UUID>> create(NewSnapshot snapshot) {
    return writer.create(snapshot);
  }

  /**
   * Deletes a snapshot of the project.
   *
   * @return true after the commit; false where there is none
   */
  public CompletionStage<Boolean> delete(String projectId, UUID id) {
    return writer.delete(new Target(projectId, id));
  }

  /** The snapshot of the project, as it is now; empty where there is none. */
  public CompletionStage<Optional<Snapshot>> find(String projectId, UUID id) {
    return readers.read(reader -> reader.find(projectId, id));
  }

  /** All snapshots of the project, newest first. */
  public SnapshotCursor list(String projectId) {
    return new SnapshotCursor(
        readers,
        new Selection(projectId, Optional.empty(), OrderBy.STARTED, true),
        Optional.empty());
  }

  /** All snapshots of the cluster. */
  public SnapshotCursor listCluster(
      String projectId, String clusterId, OrderBy order, boolean descending) {
    return new SnapshotCursor(
        readers,
        new Selection(projectId, Optional.of(clusterId), order, descending),
        Optional.empty());
  }

  /**
   * Some snapshots of the cluster.
   *
   * @param skip how many of the list are passed over
   * @param rows how many follow at the most
   */
  public SnapshotCursor listCluster(
      String projectId, String clusterId, OrderBy order, boolean descending, long skip, long rows) {
    return new SnapshotCursor(
        readers,
        new Selection(projectId, Optional.of(clusterId), order, descending),
        Optional.of(new Window(skip, rows)));
  }

  /** Where it keeps them, for people. */
  @Override
  public String toString() {
    return database.toString();
  }

  /** Finishes what has been asked of it, then closes the database. */
  @Override
  public void close() throws IOException {
    try {
      readers.close();
      writer.close();
    } finally {
      end(answers, database);
    }
  }
}
