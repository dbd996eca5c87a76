package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.error.Failure;

/** What a failure may say, whatever the client sent. */
final class ShownText {
  /** Of ten broken rules, each with a value of 64 characters of which each may be escaped. */
  private static final int MOST_CHARACTERS = 8 * 1024;

  private ShownText() {}

  /** The code and the text of a failure, which is of bounded length and has no odd characters. */
  static String of(Failure failure) {
    String text = failure.getMessage();
    assertTrue(text.length() <= MOST_CHARACTERS, () -> text.length() + " characters");
    assertTrue(text.codePoints().noneMatch(ShownText::odd), text);
    return failure.code() + " " + text;
  }

  private static boolean odd(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }
}
