package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.BatchWriter.Target;
import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import io.github.dwssnapshots.server.storage.SnapshotReader.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
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
  private final DataFolder folder;
  private final ExecutorService answers;
  private final SnapshotWriter writer;
  private final SnapshotReaders readers;

  private SnapshotStore(DataFolder folder, BatchWriter database, SnapshotReaders readers) {
    this.folder = folder;
    this.answers =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(), SnapshotStore::answerThread);
    this.writer = SnapshotWriter.start(database, answers);
    this.readers = readers;
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
  public static SnapshotStore open(Path path, Clock clock, Duration creationTime)
      throws IOException {
    DataFolder folder = DataFolder.open(path);
    try {
      BatchWriter database = new BatchWriter(folder, clock, creationTime);
      database.connected(); // so that a database that cannot be used is told now
      return new SnapshotStore(folder, database, new SnapshotReaders(folder, clock));
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    } catch (SQLException e) {
      folder.close();
      throw new IOException("the database in " + path + " cannot be used: " + e.getMessage(), e);
    }
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

  /** Finishes what has been asked of it, then closes the database and frees the folder. */
  @Override
  public void close() throws IOException {
    try {
      readers.close();
      writer.close();
    } finally {
      answers.shutdown();
      folder.close();
    }
  }
}
