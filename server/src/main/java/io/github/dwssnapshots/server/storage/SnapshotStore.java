package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Keeps snapshots. What it has acknowledged is on disk, and survives the death of the process and a
 * loss of power.
 *
 * <p>Safe for any number of threads; no method waits for the disk.
 */
public final class SnapshotStore implements AutoCloseable {
  /** How an attempt to create a snapshot ended. */
  public enum Creation {
    /** The snapshot is on disk. */
    STORED,
    /** The project has a snapshot of this name, in whatever case; nothing was stored. */
    NAME_TAKEN
  }

  private final DataFolder folder;
  private final ExecutorService answers;
  private final SnapshotWriter writer;

  private SnapshotStore(DataFolder folder, InsertBatch database) {
    this.folder = folder;
    this.answers =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(), SnapshotStore::answerThread);
    this.writer = SnapshotWriter.start(database, answers);
  }

  private static Thread answerThread(Runnable task) {
    Thread thread = new Thread(task, "snapshot-answers");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens the store in a folder, which is made where there is none. One server at a time can have
   * it.
   *
   * @throws IOException with a message for a person
   */
  public static SnapshotStore open(Path path) throws IOException {
    DataFolder folder = DataFolder.open(path);
    try {
      InsertBatch database = new InsertBatch(folder);
      database.connected(); // so that a database that cannot be used is told now
      return new SnapshotStore(folder, database);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    } catch (SQLException e) {
      folder.close();
      throw new IOException("the database in " + path + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Stores the snapshot, unless its project has one of the same name.
   *
   * @return completed after the commit that holds the snapshot; or failed with a {@link
   *     StoreException}, which says what then holds. What follows must not wait: few threads
   *     complete all answers
   */
  public CompletionStage<Creation> create(Snapshot snapshot) {
    return writer.insert(snapshot);
  }

  /** Finishes what has been asked of it, then closes the database and frees the folder. */
  @Override
  public void close() throws IOException {
    try {
      writer.close();
    } finally {
      answers.shutdown();
      folder.close();
    }
  }
}
