package io.github.dwssnapshots.server.error;

/**
 * A request that ends in an error answer, with everything that the client is told. Thrown wherever
 * the fault is seen, turned into an answer in one place.
 *
 * <p>It is an outcome and no defect: it carries no stack trace, and is cheap to make.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * A failure of this kind.
   *
   * @param detail what was wrong, where, and what would be right; values of the client's only
   *     through {@link Quoted}
   */
  public Failure(ErrorCode code, String detail) {
    super(code.message(detail), null, false, false);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  /** The whole {@code error_msg}. */
  @Override
  public String getMessage() {
    return super.getMessage();
  }
}
