package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static Settings settings(Map<String, String> environment, String... arguments)
      throws ConfigurationException {
    return Settings.of(CommandLine.parse(List.of(arguments), environment::get));
  }

  private static String refusal(String... arguments) {
    return assertThrows(ConfigurationException.class, () -> settings(Map.of(), arguments))
        .getMessage();
  }

  @Test
  void nothingGivenIsTheDemoOnLoopback() throws ConfigurationException {
    Settings settings = settings(Map.of());
    assertEquals("127.0.0.1:8080", settings.listen().toString());
    assertEquals(new Storage.Folder(Path.of("snapshots-data")), settings.storage());
    assertTrue(settings.demo());
    assertEquals(Duration.ofSeconds(2), settings.creationTime());
    assertEquals(settings.creationTime(), Settings.demo(Path.of("d")).creationTime());
  }

  @ParameterizedTest
  @CsvSource({"0s,PT0S", "2s,PT2S", "500ms,PT0.5S", "5m,PT5M", "24h,PT24H", "86400s,PT24H"})
  void aCreationTimeIsANumberWithAUnit(String text, Duration time) throws ConfigurationException {
    assertEquals(time, settings(Map.of(), "--creation-time", text).creationTime());
    assertEquals(time, settings(Map.of("SNAPSHOTS_CREATION_TIME", text)).creationTime());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2",
        "s",
        "-1s",
        "1.5s",
        "2 s",
        "2S",
        "1d",
        "25h",
        "86401s",
        "9999999999s",
        "\u0662s"
      })
  void whatIsNoCreationTimeIsRefused(String text) {
    String message = refusal("--creation-time", text);
    assertTrue(message.contains(text) && message.contains("for example 2s"), message);
  }

  @Test
  void aCreationTimeGivenInCodeHasTheSameBounds() {
    Settings settings = Settings.demo(Path.of("d"));
    assertEquals(
        Duration.ofHours(24), settings.withCreationTime(Duration.ofHours(24)).creationTime());
    for (Duration none : List.of(Duration.ofNanos(-1), Duration.ofHours(24).plusNanos(1))) {
      assertThrows(IllegalArgumentException.class, () -> settings.withCreationTime(none));
    }
  }

  @Test
  void anOptionGoesBeforeItsVariable() throws ConfigurationException {
    Map<String, String> environment =
        Map.of("SNAPSHOTS_LISTEN", "127.0.0.1:1", "SNAPSHOTS_DATA", "from-variable");
    Settings settings = settings(environment, "--listen", "127.0.0.1:2");
    assertEquals(2, settings.listen().port());
    assertEquals(new Storage.Folder(Path.of("from-variable")), settings.storage());
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:0,127.0.0.1,0", "[::1]:65535,::1,65535", "localhost:80,localhost,80"})
  void anAddressIsAHostAndAPort(String text, String host, int port) throws ConfigurationException {
    assertEquals(new ListenAddress(host, port), ListenAddress.parse(text));
    assertEquals(text, ListenAddress.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8080",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "::1:80",
        "a:b"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThrows(ConfigurationException.class, () -> ListenAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:0", "[::]:0"})
  void theDemoStaysOnLoopback(String listen) {
    String message = refusal("--listen", listen);
    assertTrue(
        message.contains("everybody knows the token") && message.contains("--config"), message);
  }

  @Test
  void whatIsNoOptionIsNamed() {
    assertTrue(refusal("--lisen", "x").contains("--lisen"));
    assertTrue(refusal("--lisen=secret").contains("no option --lisen;"));
    assertTrue(refusal("secret").contains("where an option is expected"));
    assertFalse(refusal("secret").contains("secret"));
    assertTrue(refusal("--data").contains("--data needs a value"));
    assertTrue(refusal("--data=").contains("empty"));
    assertTrue(refusal("--data", "a", "--data=b").contains("twice"));
    assertTrue(refusal("--help=x").contains("--help takes no value"));
  }

  @Test
  void theSnapshotsAreKeptInOnePlace() throws ConfigurationException {
    String url = "jdbc:postgresql://h/n?password=secret";
    Map<String, String> environment =
        Map.of("SNAPSHOTS_DATABASE", url, "PGUSER", "u", "PGPASSWORD", "secret");
    Storage database = settings(environment).storage();
    assertEquals(new Storage.PostgreSql(url, Optional.of("u"), Optional.of("secret")), database);
    assertFalse(settings(environment).toString().contains("secret"));
    assertEquals(
        new Storage.PostgreSql(url, Optional.empty(), Optional.empty()),
        settings(Map.of("PGUSER", "", "PGPASSWORD", ""), "--database", url).storage());
    assertTrue(refusal("--database", url, "--data", "d").contains("one of them"));
    assertFalse(refusal("--database", url, "--data", "d").contains("secret"));
    ConfigurationException both =
        assertThrows(ConfigurationException.class, () -> settings(environment, "--data", "d"));
    assertTrue(both.getMessage().contains("one of them"));
  }

  @Test
  void helpAndVersionAreAskedFor() throws ConfigurationException {
    assertEquals(
        CommandLine.Request.HELP, CommandLine.parse(List.of("--help"), v -> null).request());
    assertEquals(
        CommandLine.Request.VERSION, CommandLine.parse(List.of("--version"), v -> null).request());
  }
}
