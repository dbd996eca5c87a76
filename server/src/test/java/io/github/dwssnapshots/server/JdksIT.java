package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The runnable jar on each JDK of this machine from version 17 on, including that of the build. */
class JdksIT {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/jvm"),
          Path.of("/Library/Java/JavaVirtualMachines"),
          Path.of(System.getProperty("user.home"), ".sdkman", "candidates", "java"),
          Path.of(System.getProperty("user.home"), ".jdks"));

  @TempDir Path folder;

  static List<Path> jdks() throws IOException {
    Stream<Path> found = Stream.of(Path.of(System.getProperty("java.home")));
    for (Path place : PLACES) {
      if (Files.isDirectory(place)) {
        try (Stream<Path> homes = Files.list(place)) {
          found =
              Stream.concat(
                  found,
                  homes.toList().stream()
                      .flatMap(home -> Stream.of(home, home.resolve("Contents/Home"))));
        }
      }
    }
    return found.filter(home -> version(home) >= 17).map(JdksIT::real).distinct().toList();
  }

  private static Path real(Path home) {
    try {
      return home.toRealPath();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The feature release, or 0 if this is not a JDK. */
  private static int version(Path home) {
    if (!Files.isExecutable(home.resolve("bin/java"))) {
      return 0;
    }
    Properties release = new Properties();
    try (var in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      return 0;
    }
    return Integer.parseInt(
        release.getProperty("JAVA_VERSION", "0").replace("\"", "").split("[.+-]", -1)[0]);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void jarStartsAndServesWithoutWarnings(Path jdk) throws Exception {
    try (ServerProcess server = ServerProcess.servingOn(jdk, folder)) {
      assertEquals("", server.errors());
      try (RawPeer peer = new RawPeer(server.uri())) {
        assertEquals(401, peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").answer().status());
      }
      server.terminate();
      assertEquals(143, server.exitCode());
      assertTrue(server.errors().contains("INFO GET / 401 "), server.errors());
    }
  }
}
