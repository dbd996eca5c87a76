package io.github.dwssnapshots.server.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Times as users write them: a number and ms, s, m or h. */
final class TimeText {
  static final String EXPECTED = "expected a number and ms, s, m or h, e.g. 2s or 500ms";

  private static final Pattern TIME = Pattern.compile("[0-9]{1,9}(ms|s|m|h)");

  private TimeText() {}

  static Optional<Duration> parse(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        text.endsWith("ms")
            ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
            : Duration.parse("PT" + text));
  }
}
