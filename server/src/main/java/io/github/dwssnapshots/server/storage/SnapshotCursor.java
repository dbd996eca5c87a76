package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.SnapshotQueries.Selection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads a list in parts, to limit memory. Holds no database resources between parts. A snapshot
 * that exists all the time is read exactly once. Not thread-safe: call {@link #next} only after the
 * previous part is complete.
 */
public final class SnapshotCursor {
  /** Snapshots in a part, at most 120 KiB of JSON. */
  static final int MAX_ROWS = 64;

  /** Part of a list: {@code rows} snapshots after the first {@code skip}. */
  public record Window(long skip, long rows) {}

  private final SnapshotReaders readers;
  private final SnapshotQueries queries;
  private final Selection list;
  private Optional<Snapshot> last = Optional.empty();
  private long read;
  private long total;
  private boolean ended;

  SnapshotCursor(SnapshotReaders readers, SnapshotQueries queries, Selection list) {
    this.readers = readers;
    this.queries = queries;
    this.list = list;
  }

  /**
   * Reads the next part; it is empty at the end of the list.
   *
   * @return fails with a {@link StoreException}. Completes on a reader thread: dependent actions
   *     must not block
   */
  public CompletionStage<List<Snapshot>> next() {
    if (ended) {
      return CompletableFuture.completedFuture(List.of());
    }
    Optional<Window> window = list.window();
    int rows = (int) Math.min(MAX_ROWS, window.map(Window::rows).orElse(Long.MAX_VALUE) - read);
    boolean isFirst = last.isEmpty();
    long skip = isFirst ? window.map(Window::skip).orElse(0L) : 0;
    return readers.read(
        session -> {
          if (isFirst && window.isPresent()) {
            total = queries.count(session, list);
          }
          List<Snapshot> part = queries.part(session, list, last, skip, rows);
          read += part.size();
          last = part.isEmpty() ? last : Optional.of(part.get(part.size() - 1));
          ended = part.size() < rows || window.filter(w -> w.rows() == read).isPresent();
          return part;
        });
  }

  public boolean hasEnded() {
    return ended;
  }

  /** Number of snapshots without the window, valid once the list has ended. */
  public long count() {
    return list.window().isPresent() ? total : read;
  }
}
