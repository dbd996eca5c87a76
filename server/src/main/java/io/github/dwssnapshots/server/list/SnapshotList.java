package io.github.dwssnapshots.server.list;

import io.github.dwssnapshots.server.model.SnapshotDetail;
import io.github.dwssnapshots.server.storage.Snapshot;
import io.github.dwssnapshots.server.storage.SnapshotCursor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A list of snapshots that is read while it is sent. In the generated interface it replaces
 * ListSnapshotsResponse and ListClusterSnapshotsResponse (schemaMappings in the pom), which would
 * hold the whole list in memory.
 *
 * <p>Not thread-safe. Call {@link #next} only after the previous result is complete.
 */
public final class SnapshotList {
  /** Snapshots in a short list, at most 61 KiB of JSON. */
  private static final int SHORT = 32;

  private final Map<String, String> properties;
  private final SnapshotCursor cursor;
  private final Function<Snapshot, SnapshotDetail> detail;
  private Optional<List<Snapshot>> first;

  private SnapshotList(
      Map<String, String> properties,
      SnapshotCursor cursor,
      Function<Snapshot, SnapshotDetail> detail,
      List<Snapshot> first) {
    this.properties = properties;
    this.cursor = cursor;
    this.detail = detail;
    this.first = Optional.of(first);
  }

  /**
   * Reads the first snapshots before the response starts, so that a storage failure still gets 503.
   *
   * @param properties strings that precede the snapshots, by their names in the contract
   * @param threads send the list
   */
  public static CompletionStage<SnapshotList> begin(
      Map<String, String> properties,
      SnapshotCursor cursor,
      Function<Snapshot, SnapshotDetail> detail,
      SendingThreads threads) {
    return threads.sending(
        cursor.next().thenApply(first -> new SnapshotList(properties, cursor, detail, first)));
  }

  public Map<String, String> properties() {
    return properties;
  }

  /** Returns the next snapshots; empty at the end of the list. */
  public CompletionStage<List<SnapshotDetail>> next() {
    CompletionStage<List<Snapshot>> page =
        first
            .<CompletionStage<List<Snapshot>>>map(CompletableFuture::completedFuture)
            .orElseGet(cursor::next);
    first = Optional.empty(); // frees it before the last byte is sent
    return page.thenApply(snapshots -> snapshots.stream().map(detail).toList());
  }

  /** Whether the list fits into the write queue of any connection. Call it before {@link #next}. */
  boolean isShort() {
    return cursor.hasEnded() && first.map(List::size).orElse(0) <= SHORT;
  }

  /** Whether the last result of {@link #next} was the end of the list. */
  public boolean hasEnded() {
    return first.isEmpty() && cursor.hasEnded();
  }

  /** Returns {@code count}, valid once the list has ended. */
  public long count() {
    return cursor.count();
  }
}
