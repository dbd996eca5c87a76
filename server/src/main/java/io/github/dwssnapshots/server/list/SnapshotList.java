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
 * A list of snapshots that is read while it is sent. In the generated interface it stands where the
 * contract has ListSnapshotsResponse and ListClusterSnapshotsResponse (schemaMappings in the pom):
 * the classes that would be generated hold a whole list in memory.
 *
 * <p>For one reader, which asks for the next snapshots once it has got the last ones.
 */
public final class SnapshotList {
  /** Snapshots that make at most 61 KiB of JSON. */
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
   * Reads the first snapshots, so that a failure of the storage is still a 503.
   *
   * @param properties what the list has before its snapshots, by their names in the contract
   * @param threads send the list
   */
  public static CompletionStage<SnapshotList> begin(
      Map<String, String> properties,
      SnapshotCursor cursor,
      Function<Snapshot, SnapshotDetail> detail,
      ListThreads threads) {
    return threads.sending(
        cursor.next().thenApply(first -> new SnapshotList(properties, cursor, detail, first)));
  }

  public Map<String, String> properties() {
    return properties;
  }

  /** The next snapshots; none at the end. */
  public CompletionStage<List<SnapshotDetail>> next() {
    CompletionStage<List<Snapshot>> page =
        first
            .<CompletionStage<List<Snapshot>>>map(CompletableFuture::completedFuture)
            .orElseGet(cursor::next);
    first = Optional.empty(); // or it would be kept until the last byte has been sent
    return page.thenApply(snapshots -> snapshots.stream().map(detail).toList());
  }

  /** Whether its first snapshots, before they are taken, are all, and fit into any connection. */
  boolean isShort() {
    return cursor.hasEnded() && first.map(List::size).orElse(0) <= SHORT;
  }

  /** Whether nothing follows what {@link #next} has given last. */
  public boolean hasEnded() {
    return first.isEmpty() && cursor.hasEnded();
  }

  /** What {@code count} says, known once the list has ended. */
  public long count() {
    return cursor.count();
  }
}
