package io.github.dwssnapshots.server.error;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/**
 * Ends a request with an error response. Has no stack trace, since it is not a defect of the
 * server.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Creates a failure with a message for the client: what is wrong, where, and what is allowed.
   *
   * @param format as for {@link String#format}
   * @param values {@link Quoted} if the client sent them
   */
  @FormatMethod
  public Failure(ErrorCode code, @FormatString String format, Object... values) {
    super(code.message(String.format(Locale.ROOT, format, values)), null, false, false);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  /** Returns the {@code error_msg}. */
  @Override
  public String getMessage() {
    return super.getMessage();
  }
}
