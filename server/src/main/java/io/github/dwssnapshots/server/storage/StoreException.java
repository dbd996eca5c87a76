package io.github.dwssnapshots.server.storage;

/** The store could not do what it was asked. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can rely on when the store has failed. */
  public enum Outcome {
    /** The database is out of reach, full or damaged, too many wait for it, or it is closed. */
    NOTHING_CHANGED,
    /** The store failed while it committed: the snapshot may exist or not. */
    UNKNOWN
  }

  private final Outcome outcome;

  /**
   * Without a stack trace: it tells of no fault in the code, and may be told to thousands at once.
   */
  public StoreException(Outcome outcome, String message) {
    super(message, null, false, false);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }
}
