package io.github.dwssnapshots.server.storage;

/** The store could not do what it was asked. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can rely on when the store has failed. */
  public enum Outcome {
    /** The store is out of reach, full, closed or has too much to do; nothing was stored. */
    NOTHING_STORED,
    /** The commit failed halfway: the snapshot may exist or not. */
    UNKNOWN,
    /** A defect, of the store or of the database file; nothing was stored. */
    DEFECT
  }

  private final Outcome outcome;

  public StoreException(Outcome outcome, String message) {
    super(message);
    this.outcome = outcome;
  }

  public StoreException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }
}
