package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.Tenancy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Everything that can be said to a server.
 *
 * @param data the folder that holds everything the server keeps; made where there is none
 * @param demo whether the tenancy is the demo's, whose token everybody knows
 */
public record Settings(ListenAddress listen, Path data, Tenancy tenancy, boolean demo) {
  /** The demo tenancy on a free port of 127.0.0.1: what a test wants. */
  public static Settings demo(Path data) {
    return new Settings(new ListenAddress("127.0.0.1", 0), data, DemoTenancy.tenancy(), true);
  }

  /** A tenancy of one's own on a free port of 127.0.0.1. */
  public static Settings of(Path data, Tenancy tenancy) {
    return new Settings(new ListenAddress("127.0.0.1", 0), data, tenancy, false);
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
    return new Settings(listen, path("--data", line.data()), tenancy, demo);
  }

  private static Path path(String flag, String value) throws ConfigurationException {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new ConfigurationException(flag + " " + value + " is no path: " + e.getReason());
    }
  }
}
