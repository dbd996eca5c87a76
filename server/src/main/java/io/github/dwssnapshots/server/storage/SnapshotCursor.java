package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.SnapshotQueries.Selection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A list that is read in parts, so that its length costs no memory, and between two parts holds
 * nothing of the database. A snapshot that exists all the time is read exactly once. For one
 * caller, which asks for the next part when it has the last one.
 */
public final class SnapshotCursor {
  /** Snapshots in a part: some 20 KiB of JSON, and 120 KiB with the longest descriptions. */
  static final int MAX_ROWS = 64;

  /** Limits a list: {@code rows} snapshots after the first {@code skip}. */
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
   * @return fails with a {@link StoreException}. Completes on one of a few threads: dependent
   *     actions must not block
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

  /** How many snapshots the list has without its window, known when it has ended. */
  public long count() {
    return list.window().isPresent() ? total : read;
  }
}
