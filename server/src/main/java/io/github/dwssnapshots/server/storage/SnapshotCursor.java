package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.storage.Selection.Place;
import io.github.dwssnapshots.server.storage.SnapshotReader.CountedRows;
import io.github.dwssnapshots.server.storage.SnapshotReader.Rows;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A list of snapshots, read some at a time, so that its length costs no memory. Between two reads
 * it holds nothing of the database: whoever takes their time is in nobody's way. What is there all
 * the while is read exactly once.
 *
 * <p>For one reader, which asks for the next snapshots once it has got the last ones.
 */
public final class SnapshotCursor {
  /** Read at a time: some 40 KiB as JSON, and less than a millisecond. */
  static final int MOST_ROWS = 128;

  /**
   * Of the descriptions that are read at a time, whose length is their sender's: a character takes
   * up to six bytes of JSON. With all else in them, 100 KiB at the most.
   */
  static final int MOST_CHARACTERS = 8 * 1024;

  private final SnapshotReaders readers;
  private final Selection selection;
  private final Optional<Window> window;
  private Optional<Place> last = Optional.empty();
  private long read;
  private long count;
  private boolean ended;

  /** A part of a list, such as a page: so many snapshots after those that are skipped. */
  record Window(long skip, long rows) {}

  /**
   * @param window empty for the whole list; a part only of a cluster's
   */
  SnapshotCursor(SnapshotReaders readers, Selection selection, Optional<Window> window) {
    this.readers = readers;
    this.selection = selection;
    this.window = window;
  }

  /**
   * The next snapshots, at least one; none at the end of the list.
   *
   * @return failed with a {@link StoreException} where they cannot be read. What follows must not
   *     wait: few threads read for all
   */
  public CompletionStage<List<Snapshot>> next() {
    if (ended) {
      return CompletableFuture.completedFuture(List.of());
    }
    int most = (int) Math.min(MOST_ROWS, window.map(Window::rows).orElse(Long.MAX_VALUE) - read);
    if (window.isPresent() && last.isEmpty()) {
      long skip = window.get().skip();
      return readers.read(by -> by.rows(selection, skip, most)).thenApply(this::take);
    }
    Function<SnapshotReader, Rows> rows = by -> by.rows(selection, last, most);
    return (last.isPresent() ? readers.goOn(rows) : readers.read(rows)).thenApply(this::take);
  }

  private List<Snapshot> take(CountedRows counted) {
    count = counted.count();
    return take(counted.rows());
  }

  private List<Snapshot> take(Rows rows) {
    read += rows.snapshots().size();
    last = rows.last();
    ended = last.isEmpty() || window.filter(w -> read == w.rows()).isPresent();
    return rows.snapshots();
  }

  /** Whether the list has been read to its end. */
  public boolean hasEnded() {
    return ended;
  }

  /**
   * How many snapshots there are, known at the end: of the whole list as many as were read; of a
   * part, as many as the cluster had when the part was begun.
   */
  public long count() {
    return window.isPresent() ? count : read;
  }
}
