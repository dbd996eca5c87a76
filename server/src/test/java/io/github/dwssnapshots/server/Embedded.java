package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.config.Settings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that embeds the server. Prints the server's address, as the command line does. */
final class Embedded {
  private Embedded() {}

  public static void main(String[] arguments) throws Exception {
    try (SnapshotServer server = SnapshotServer.start(Settings.demo(Path.of("data")))) {
      System.out.println("Listening on " + server.uri());
      new CountDownLatch(1).await();
    }
  }
}
