package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

/**
 * Whatever text stands in the configuration file: it is either a tenancy, or refused with a message
 * that a terminal can show, and that a person can read to its end. That it takes no time to speak
 * of is watched by whoever calls this.
 */
public final class ConfigurationFuzz {
  private static final int MOST_CHARACTERS = 64 * 1024;

  private ConfigurationFuzz() {}

  /** The fuzzer's entry, of the name and the kind that Jazzer looks for. */
  public static void fuzzerTestOneInput(byte[] yaml) {
    try {
      TenancyFile.parse("the configuration f", new String(yaml, StandardCharsets.UTF_8));
    } catch (ConfigurationException refused) {
      String message = refused.getMessage();
      assertTrue(message.length() <= MOST_CHARACTERS, () -> message.length() + " characters");
      assertTrue(message.codePoints().noneMatch(ConfigurationFuzz::odd), message);
    }
  }

  private static boolean odd(int codePoint) {
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
