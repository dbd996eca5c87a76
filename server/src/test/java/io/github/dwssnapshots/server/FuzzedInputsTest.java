package io.github.dwssnapshots.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.dwssnapshots.server.config.ConfigurationFuzz;
import io.github.dwssnapshots.server.http.BodyFuzz;
import io.github.dwssnapshots.server.http.RequestFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the fuzzer begins with and what it has found, once more: each file in {@code resources/fuzz}
 * stands for a way through the code, or for a defect that is mended. The fuzzer itself runs by the
 * profile {@code fuzz}.
 */
class FuzzedInputsTest {
  private static Stream<Path> files(String target) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/fuzz", target))) {
      return files.sorted().toList().stream();
    }
  }

  static Stream<Path> requests() throws IOException {
    return files("request");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequest(Path file) throws IOException {
    RequestFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }

  static Stream<Path> bodies() throws IOException {
    return files("body");
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBody(Path file) throws IOException {
    BodyFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }

  static Stream<Path> configurations() throws IOException {
    return files("configuration");
  }

  @ParameterizedTest
  @MethodSource("configurations")
  @Timeout(value = 5, unit = SECONDS) // no text takes time
  void aConfiguration(Path file) throws IOException {
    ConfigurationFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }
}
