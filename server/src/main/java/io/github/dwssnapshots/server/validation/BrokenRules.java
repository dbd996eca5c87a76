package io.github.dwssnapshots.server.validation;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rules that a request breaks, gathered so that one answer tells them all. */
final class BrokenRules {
  /** How many are told one by one. */
  private static final int MOST_TOLD = 10;

  private final List<String> rules = new ArrayList<>();

  @FormatMethod
  void add(@FormatString String format, Object... values) {
    rules.add(String.format(Locale.ROOT, format, values));
  }

  void throwIfAny() {
    if (!rules.isEmpty()) {
      String told = String.join("; ", rules.subList(0, Math.min(MOST_TOLD, rules.size())));
      int more = rules.size() - MOST_TOLD;
      throw new Failure(
          ErrorCode.INVALID_REQUEST, "%s", more > 0 ? told + "; and " + more + " more" : told);
    }
  }
}
