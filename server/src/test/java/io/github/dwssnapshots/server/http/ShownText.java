package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.error.Failure;

/** Checks that the message of a failure is short and printable. */
final class ShownText {
  /** Ten broken rules, each with 64 quoted characters that may all be escaped. */
  private static final int MAX_CHARACTERS = 8 * 1024;

  private ShownText() {}

  /** Returns the code and the message, which must be short and free of control characters. */
  static String of(Failure failure) {
    String text = failure.getMessage();
    assertTrue(text.length() <= MAX_CHARACTERS, () -> text.length() + " characters");
    assertTrue(text.codePoints().noneMatch(ShownText::isUnprintable), text);
    return failure.code() + " " + text;
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }
}
