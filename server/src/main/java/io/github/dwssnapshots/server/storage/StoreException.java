package io.github.dwssnapshots.server.storage;

/** Reports a storage failure. Has no stack trace, since it is not a defect of the code. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** State of the store after a failure. */
  public enum Outcome {
    /** The database is unreachable, full or damaged, or the store is overloaded or closed. */
    NOTHING_CHANGED,
    /** The commit failed: the change may be stored or not. */
    UNKNOWN
  }

  private final Outcome outcome;

  public StoreException(Outcome outcome, String message) {
    super(message, null, false, false);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }
}
