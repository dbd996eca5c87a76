package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.Tenancy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings of a server.
 *
 * @param listen unresolved address; port 0 takes a free port
 * @param demo whether this is the demo tenancy, whose token is public
 * @param creationTime time a new snapshot stays CREATING
 */
public record Settings(
    InetSocketAddress listen,
    Storage storage,
    Tenancy tenancy,
    boolean demo,
    Duration creationTime) {
  static final Duration MAX_CREATION_TIME = Duration.ofHours(24);
  private static final Duration DEFAULT_CREATION_TIME = Duration.ofSeconds(2);

  /**
   * Checks the creation time.
   *
   * @throws IllegalArgumentException if it is below zero or above 24 hours
   */
  public Settings {
    if (creationTime.isNegative() || creationTime.compareTo(MAX_CREATION_TIME) > 0) {
      throw new IllegalArgumentException(
          "the creation time is " + creationTime + "; allowed: 0 to 24 hours");
    }
  }

  /** Creates settings for the demo tenancy on a free port of 127.0.0.1. */
  public static Settings demo(Path folder) {
    return onFreePort(folder, DemoTenancy.tenancy(), true);
  }

  /** Creates settings for a tenancy on a free port of 127.0.0.1. */
  public static Settings of(Path folder, Tenancy tenancy) {
    return onFreePort(folder, tenancy, false);
  }

  private static Settings onFreePort(Path folder, Tenancy tenancy, boolean demo) {
    return new Settings(
        InetSocketAddress.createUnresolved("127.0.0.1", 0),
        new Storage.Folder(folder),
        tenancy,
        demo,
        DEFAULT_CREATION_TIME);
  }

  /** Returns a copy with another storage. */
  public Settings withStorage(Storage other) {
    return new Settings(listen, other, tenancy, demo, creationTime);
  }

  /** Returns a copy with another creation time, zero to 24 hours. */
  public Settings withCreationTime(Duration time) {
    return new Settings(listen, storage, tenancy, demo, time);
  }
}
