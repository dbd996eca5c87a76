package io.github.dwssnapshots.server.error;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

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
   * @param format as {@link String#format}, the same in each language: what was wrong, where, and
   *     what would be right
   * @param values those of the client's only as {@link Quoted}
   */
  @FormatMethod
  public Failure(ErrorCode code, @FormatString String format, Object... values) {
    super(code.message(String.format(Locale.ROOT, format, values)), null, false, false);
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
