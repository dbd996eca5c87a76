package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

/**
 * Fuzzes the configuration file. Any text is either a valid tenancy or rejected with a short,
 * printable message. The caller limits the time.
 */
public final class ConfigurationFuzz {
  private static final int MAX_CHARACTERS = 64 * 1024;

  private ConfigurationFuzz() {}

  /** The entry point that Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] yaml) {
    try {
      TenancyTexts.tenancy("the configuration f", new String(yaml, StandardCharsets.UTF_8));
    } catch (ConfigurationException refused) {
      String message = refused.getMessage();
      assertTrue(message.length() <= MAX_CHARACTERS, () -> message.length() + " characters");
      assertTrue(message.codePoints().noneMatch(ConfigurationFuzz::isUnprintable), message);
    }
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint != '\n';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
