package io.github.dwssnapshots.server.storage;

/** The store could not do what it was asked. Has no stack trace: it is no defect of the code. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can rely on after a failure. */
  public enum Outcome {
    /** The database is unreachable, full or damaged, there are too many requests, or it closed. */
    NOTHING_CHANGED,
    /** The store failed during a commit: the change may be stored or not. */
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
