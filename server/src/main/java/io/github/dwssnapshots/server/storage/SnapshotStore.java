package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.Database.Deletion;
import io.github.dwssnapshots.server.storage.Database.Insertion;
import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import io.github.dwssnapshots.server.storage.SnapshotQueries.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Stores snapshots. Acknowledged changes are on disk, survive a crash or power loss, and are
 * visible to every later request.
 *
 * <p>Thread-safe; no method blocks. A returned stage can fail with a {@link StoreException}. It
 * completes on a thread of the store or of the caller: dependent actions must not block.
 */
public final class SnapshotStore implements AutoCloseable {
  private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Less than probes wait. */
  private static final long TRIAL_TIMEOUT_SECONDS = 4;

  /** For a project and a cluster of no tenancy, which allows no empty id. */
  private static final String NO_ID = "";

  private record Trial(long start, CompletableFuture<Optional<String>> notReady) {}

  private final Database database;
  private final SnapshotReaders readers;
  private final SnapshotWriter writer;
  private final SnapshotQueries queries;
  private final SecureRandom random = new SecureRandom();
  private Optional<Trial> trial = Optional.empty();

  /** Opens a store that owns the database and closes it. */
  SnapshotStore(Database database) {
    this.database = database;
    this.readers = new SnapshotReaders(database);
    this.writer = new SnapshotWriter(database);
    this.queries = new SnapshotQueries(database);
  }

  /**
   * Opens a store in a data directory, for one server at a time. Creates it if it is missing.
   *
   * @throws IOException with a message for users
   */
  public static SnapshotStore inFolder(Path path) throws IOException {
    return new SnapshotStore(DataFolder.open(path, Schema.SQLITE));
  }

  /**
   * Opens a store in a PostgreSQL database, which servers can share. Waits up to 30 seconds for it.
   * Creates missing tables.
   *
   * @param url of the driver, {@code jdbc:postgresql://host/database}
   * @param user used if the URL has none; if empty, the driver's default
   * @param password likewise
   * @throws IOException with a message for users, without the password
   */
  public static SnapshotStore inPostgreSql(
      String url, Optional<String> user, Optional<String> password) throws IOException {
    PostgreSqlAddress address = new PostgreSqlAddress(url, user, password);
    return new SnapshotStore(PostgreSql.open(address, PostgreSql.START_TIMEOUT, Schema.POSTGRESQL));
  }

  static Thread thread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Creates a snapshot, unless its name exists in the project (case-insensitive).
   *
   * @return its id after the commit; empty if the name exists
   */
  public CompletionStage<Optional<UUID>> create(NewSnapshot snapshot) {
    UUID id = timeOrderedId();
    return writer
        .write(new Insertion(id, snapshot))
        .thenApply(inserted -> inserted ? Optional.of(id) : Optional.empty());
  }

  /** Creates a UUID of version 7 (RFC 9562): ordered by time, ids are appended to their index. */
  UUID timeOrderedId() {
    long first = (System.currentTimeMillis() << 16) | 0x7000 | random.nextInt(1 << 12);
    return new UUID(first, Long.MIN_VALUE | (random.nextLong() >>> 2));
  }

  /**
   * Deletes a snapshot of the project.
   *
   * @return whether it existed, after the commit
   */
  public CompletionStage<Boolean> delete(String projectId, UUID id) {
    return writer.write(new Deletion(projectId, id));
  }

  public CompletionStage<Optional<Snapshot>> find(String projectId, UUID id) {
    return readers.readRow(session -> queries.find(session, projectId, id));
  }

  /** Lists the snapshots of the project, newest first. */
  public SnapshotCursor list(String projectId) {
    return new SnapshotCursor(
        readers,
        queries,
        new Selection(projectId, Optional.empty(), OrderBy.STARTED, true, Optional.empty()));
  }

  /** Lists the snapshots of a cluster, all or those in a window. */
  public SnapshotCursor listCluster(
      String projectId,
      String clusterId,
      OrderBy order,
      boolean descending,
      Optional<Window> window) {
    return new SnapshotCursor(
        readers,
        queries,
        new Selection(projectId, Optional.of(clusterId), order, descending, window));
  }

  /**
   * Finds out whether the store takes changes. Tries to read at most once a second, and to write,
   * which costs a sync, only after a failure; in between it returns the last result. Completes
   * within four seconds.
   *
   * @return why it does not, in words that reveal nothing; empty if it does
   */
  public synchronized CompletionStage<Optional<String>> notReady() {
    long now = System.nanoTime();
    boolean isCurrent =
        trial.filter(t -> !t.notReady().isDone() || now - t.start() < TRIAL_NANOS).isPresent();
    if (!isCurrent) {
      CompletionStage<?> access = writer.isFailing() ? write() : find(NO_ID, timeOrderedId());
      CompletableFuture<Optional<String>> result = new CompletableFuture<>();
      access.whenComplete((done, failure) -> result.complete(reason(failure)));
      result.completeOnTimeout(
          Optional.of("the storage is slow"), TRIAL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      trial = Optional.of(new Trial(now, result));
    }
    return trial.get().notReady();
  }

  private Optional<String> reason(Throwable failure) {
    if (failure == null) { // whenComplete passes null for success
      return Optional.empty();
    }
    return Optional.of(isReachable() ? "the storage fails" : "the database is unreachable");
  }

  /** Number of changes that wait for a commit. */
  public int waiting() {
    return writer.waiting();
  }

  /** Number of commits so far. */
  public long commits() {
    return writer.commits();
  }

  /** Number of changes in the commits so far. */
  public long changes() {
    return writer.changes();
  }

  /** Whether the database is reachable, as far as known. */
  public boolean isReachable() {
    return !database.health().isOut();
  }

  /** Creates and deletes a snapshot that no client can see. */
  private CompletionStage<?> write() {
    String name = timeOrderedId().toString();
    return create(new NewSnapshot(NO_ID, NO_ID, name, "", 1, Duration.ZERO, false))
        .thenCompose(id -> delete(NO_ID, id.orElseThrow()));
  }

  /** Location of the snapshots, for users. */
  @Override
  public String toString() {
    return database.toString();
  }

  /** Finishes pending requests, then closes the database. */
  @Override
  public void close() throws IOException {
    readers.close();
    writer.close();
    database.close();
  }
}
