package io.github.dwssnapshots.server.error;

import java.util.Locale;

/** Makes values that a client sent printable, for messages and the log. */
public final class Quoted {
  /** The contract's limit for quoted values. */
  private static final int LIMIT = 64;

  private Quoted() {}

  /**
   * Quotes a value and cuts it after 64 code points. Control and invisible formatting characters
   * and unpaired surrogates become {@code \}{@code uXXXX}.
   */
  public static String of(String value) {
    return '"' + printable(value, LIMIT) + '"';
  }

  /** Cuts a value after {@code limit} code points and escapes as {@link #of}, without quotes. */
  public static String printable(String value, int limit) {
    if (value.length() <= limit && value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return value;
    }
    StringBuilder shown = new StringBuilder();
    value.codePoints().limit(limit).forEach(c -> append(shown, c));
    boolean isCut = value.codePoints().skip(limit).findAny().isPresent();
    return isCut ? shown.append('…').toString() : shown.toString();
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
