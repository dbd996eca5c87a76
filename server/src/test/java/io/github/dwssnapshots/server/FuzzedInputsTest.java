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
 * Replays the inputs of the fuzzer. Each file in {@code resources/fuzz} is a seed input or the
 * reproducer of a fixed defect. The fuzzer itself runs in the profile {@code fuzz}.
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
  void requestIsParsedOrRejected(Path file) throws IOException {
    RequestFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }

  static Stream<Path> bodies() throws IOException {
    return files("body");
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void bodyIsParsedOrRejected(Path file) throws IOException {
    BodyFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }

  static Stream<Path> configurations() throws IOException {
    return files("configuration");
  }

  @ParameterizedTest
  @MethodSource("configurations")
  @Timeout(value = 5, unit = SECONDS) // parsing must be fast for any text
  void configurationIsParsedOrRejected(Path file) throws IOException {
    ConfigurationFuzz.fuzzerTestOneInput(Files.readAllBytes(file));
  }
}
