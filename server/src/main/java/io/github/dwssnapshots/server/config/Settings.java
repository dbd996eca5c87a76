package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.Tenancy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that can be said to a server.
 *
 * @param storage where the snapshots are kept
 * @param demo whether the tenancy is the demo's, whose token everybody knows
 * @param creationTime how long a snapshot that is created from now on is CREATING
 */
public record Settings(
    ListenAddress listen, Storage storage, Tenancy tenancy, boolean demo, Duration creationTime) {
  private static final Duration DEFAULT_CREATION_TIME = Duration.ofSeconds(2);
  private static final Duration MOST_CREATION_TIME = Duration.ofHours(24);
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /**
   * Everything that can be said to a server.
   *
   * @throws IllegalArgumentException for a creation time below zero or above 24 hours
   */
  public Settings {
    if (creationTime.isNegative() || creationTime.compareTo(MOST_CREATION_TIME) > 0) {
      throw new IllegalArgumentException(
          "a creation time of " + creationTime + ", which is not 0 to 24 hours");
    }
  }

  /** The demo tenancy on a free port of 127.0.0.1: what a test wants. */
  public static Settings demo(Path folder) {
    return new Settings(
        ListenAddress.FREE_PORT,
        new Storage.Folder(folder),
        DemoTenancy.tenancy(),
        true,
        DEFAULT_CREATION_TIME);
  }

  /** A tenancy of one's own on a free port of 127.0.0.1. */
  public static Settings of(Path folder, Tenancy tenancy) {
    return new Settings(
        ListenAddress.FREE_PORT, new Storage.Folder(folder), tenancy, false, DEFAULT_CREATION_TIME);
  }

  /** The same, but for where the snapshots are kept. */
  public Settings withStorage(Storage other) {
    return new Settings(listen, other, tenancy, demo, creationTime);
  }

  /** The same, but for how long a new snapshot is CREATING: zero to 24 hours. */
  public Settings withCreationTime(Duration time) {
    return new Settings(listen, storage, tenancy, demo, time);
  }

  /**
   * What a command line asks for.
   *
   * @throws ConfigurationException when it cannot be used, or when everybody could reach the demo
   */
  public static Settings of(CommandLine line) throws ConfigurationException {
    ListenAddress listen = ListenAddress.parse(line.listen());
    boolean demo = line.config().isEmpty();
    if (demo && !listen.isLoopback()) {
      throw new ConfigurationException(
          "the address to listen on, "
              + listen
              + ", can be reached from other machines, and without --config everybody knows"
              + " the token: give a --config FILE of your own, or listen on 127.0.0.1");
    }
    Tenancy tenancy =
        demo
            ? DemoTenancy.tenancy()
            : TenancyFile.read(path("--config", line.config().orElseThrow()));
    return new Settings(listen, line.storage(), tenancy, demo, creationTime(line.creationTime()));
  }

  private static Duration creationTime(String value) throws ConfigurationException {
    Matcher parts = TIME.matcher(value);
    if (parts.matches()) {
      long number = Long.parseLong(parts.group(1));
      Duration time =
          switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
          };
      if (time.compareTo(MOST_CREATION_TIME) <= 0) {
        return time;
      }
    }
    throw new ConfigurationException(
        "the creation time, "
            + value
            + ", is not a number with ms, s, m or h, of 24h at most, for example 2s or 500ms");
  }

  static Path path(String flag, String value) throws ConfigurationException {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new ConfigurationException(flag + " " + value + " is no path: " + e.getReason());
    }
  }
}
