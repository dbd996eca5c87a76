package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.fault.Fault;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The settings of a server.
 *
 * @param listen unresolved address; port 0 takes a free port
 * @param demo whether this is the demo tenancy, whose token is public
 * @param creationTime time a new snapshot stays CREATING, unless its cluster has its own
 * @param tls key and certificate for HTTPS; HTTP if empty
 * @param faults injected from the start
 */
public record Settings(
    InetSocketAddress listen,
    Storage storage,
    Tenancy tenancy,
    boolean demo,
    Duration creationTime,
    Optional<SSLContext> tls,
    List<Fault> faults) {
  private static final Duration DEFAULT_CREATION_TIME = Duration.ofSeconds(2);

  /**
   * Checks the creation time.
   *
   * @throws IllegalArgumentException if it is below zero or above 24 hours
   */
  public Settings {
    if (!Tenancy.Cluster.isCreationTime(creationTime)) {
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
        DEFAULT_CREATION_TIME,
        Optional.empty(),
        List.of());
  }

  /** Returns a copy with another storage. */
  public Settings withStorage(Storage other) {
    return new Settings(listen, other, tenancy, demo, creationTime, tls, faults);
  }

  /** Returns a copy with another creation time, zero to 24 hours. */
  public Settings withCreationTime(Duration time) {
    return new Settings(listen, storage, tenancy, demo, time, tls, faults);
  }

  /** Returns a copy for HTTPS. {@link TlsKey} reads a keystore. */
  public Settings withTls(SSLContext context) {
    return new Settings(listen, storage, tenancy, demo, creationTime, Optional.of(context), faults);
  }
}
