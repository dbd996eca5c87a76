package io.github.dwssnapshots.server.error;

import java.util.Locale;

/** Values that a client sent, made fit to be shown: in messages to that client, and in the log. */
public final class Quoted {
  /** The contract: of any one value that the client sent, at most 64 characters are quoted. */
  private static final int LIMIT = 64;

  private Quoted() {}

  /**
   * The value in double quotes, cut after 64 code points. What a terminal, a log file or UTF-8
   * would choke on (control characters, unpaired surrogates, invisible formatting) stands as {@code
   * \}{@code uXXXX}.
   */
  public static String of(String value) {
    return '"' + printable(value, LIMIT) + '"';
  }

  /**
   * The value without quotes, cut after so many code points, with the same characters made visible.
   */
  public static String printable(String value, int limit) {
    if (value.length() <= limit && value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return value;
    }
    StringBuilder shown = new StringBuilder();
    value.codePoints().limit(limit).forEach(c -> append(shown, c));
    boolean cut = value.codePoints().skip(limit).findAny().isPresent();
    return cut ? shown.append('…').toString() : shown.toString();
  }

  private static void append(StringBuilder shown, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          shown.append(
              Character.isBmpCodePoint(codePoint)
                  ? String.format(Locale.ROOT, "\\u%04x", codePoint)
                  : String.format(Locale.ROOT, "\\u{%x}", codePoint));
      default -> shown.appendCodePoint(codePoint);
    }
  }
}
