package io.github.dwssnapshots.server.validation;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects broken rules, so that one response reports all of them. */
final class BrokenRules {
  private final List<String> rules = new ArrayList<>();

  @FormatMethod
  void add(@FormatString String format, Object... values) {
    rules.add(String.format(Locale.ROOT, format, values));
  }

  void throwIfAny() {
    if (!rules.isEmpty()) {
      throw new Failure(ErrorCode.INVALID_REQUEST, "%s", String.join("; ", rules));
    }
  }
}
