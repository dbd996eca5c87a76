package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static Settings settings(Map<String, String> environment, String... arguments)
      throws ConfigurationException {
    return Options.parse(arguments, environment::get).settings();
  }

  private static String refusal(String... arguments) {
    return assertThrows(ConfigurationException.class, () -> settings(Map.of(), arguments))
        .getMessage();
  }

  @Test
  void defaultIsTheDemoOnLoopback() throws ConfigurationException {
    Settings settings = settings(Map.of());
    assertEquals(InetSocketAddress.createUnresolved("127.0.0.1", 8080), settings.listen());
    assertEquals(new Storage.Folder(Path.of("snapshots-data")), settings.storage());
    assertTrue(settings.demo());
    assertEquals(Duration.ofSeconds(2), settings.creationTime());
    assertEquals(settings.creationTime(), Settings.demo(Path.of("d")).creationTime());
  }

  @ParameterizedTest
  @CsvSource({"0s,PT0S", "2s,PT2S", "500ms,PT0.5S", "5m,PT5M", "24h,PT24H", "86400s,PT24H"})
  void creationTimeIsANumberWithAUnit(String text, Duration time) throws ConfigurationException {
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
  void invalidCreationTimeIsRejected(String text) {
    String message = refusal("--creation-time", text);
    assertTrue(
        message.contains("SNAPSHOTS_CREATION_TIME") && message.contains("at most 24h"), message);
  }

  @Test
  void creationTimeInCodeHasTheSameLimits() {
    Settings settings = Settings.demo(Path.of("d"));
    assertEquals(
        Duration.ofHours(24), settings.withCreationTime(Duration.ofHours(24)).creationTime());
    for (Duration none : List.of(Duration.ofNanos(-1), Duration.ofHours(24).plusNanos(1))) {
      assertThrows(IllegalArgumentException.class, () -> settings.withCreationTime(none));
    }
  }

  @Test
  void optionOverridesItsVariable() throws ConfigurationException {
    Map<String, String> environment =
        Map.of("SNAPSHOTS_LISTEN", "127.0.0.1:1", "SNAPSHOTS_DATA", "from-variable");
    Settings settings = settings(environment, "--listen", "127.0.0.1:2");
    assertEquals(2, settings.listen().getPort());
    assertEquals(new Storage.Folder(Path.of("from-variable")), settings.storage());
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:0,127.0.0.1,0", "[::1]:65535,::1,65535", "localhost:80,localhost,80"})
  void listenTakesAHostAndAPort(String text, String host, int port) throws ConfigurationException {
    assertEquals(
        InetSocketAddress.createUnresolved(host, port),
        settings(Map.of(), "--listen", text).listen());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8080",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "::1:80",
        "a:b"
      })
  void invalidAddressIsRejectedAndNotQuoted(String text) {
    String message = refusal("--listen=" + text);
    assertTrue(message.contains("expected HOST:PORT"), message);
    assertFalse(message.contains(": " + text) || message.contains("'" + text), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:0", "[::]:0"})
  void demoIsRejectedOutsideLoopback(String listen) {
    String message = refusal("--listen", listen);
    assertTrue(
        message.contains("the demo token is public") && message.contains("--config"), message);
  }

  /** SECRET is a value that was put in the wrong place; no message may quote it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lisen SECRET | unknown option --lisen;",
        "--lisen=SECRET | unknown option --lisen;",
        "SECRET | unexpected argument number 1;",
        "-SECRET | unexpected argument number 1;",
        "--SECRET | unexpected argument number 1;",
        "-- SECRET | unexpected argument number 2;",
        "@SECRET | unexpected argument number 1;",
        "--help=SECRET | take no value;",
        "--version=SECRET | take no value;",
        "--data | Missing required parameter for option '--data'",
        "--data --config SECRET | Expected parameter for option '--data' but found '--config'",
        "--data --config=SECRET | Expected parameter for option '--data' but found '--config'",
        "--data=  | the path is empty",
        "--data SECRET --data=SECRET | option '--data' (DIR) should be specified only once;",
        "--database=SECRET --data=SECRET | use one of them",
        "--listen SECRET | expected HOST:PORT",
        "--listen SECRET:1 | unknown host",
        "--creation-time=SECRET | expected a number and ms, s, m or h"
      })
  void invalidCommandLineIsReportedWithoutItsValues(String line, String fault) {
    String message = refusal(line.split(" "));
    assertTrue(message.contains(fault), message);
    assertFalse(message.contains("SECRET"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void valueIsNeitherExpandedNorUnquoted(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "--creation-time=9s");
    for (String value : List.of("@" + file, "${env:PATH}", "\"quoted\"", "a,b", "-x")) {
      assertEquals(
          new Storage.Folder(Path.of(value)), settings(Map.of(), "--data", value).storage());
      assertEquals(
          new Storage.Folder(Path.of(value)), settings(Map.of("SNAPSHOTS_DATA", value)).storage());
    }
  }

  @Test
  void emptyVariableCountsAsUnset() throws ConfigurationException {
    Settings settings = Options.parse(new String[0], name -> "").settings();
    assertEquals(settings(Map.of()).listen(), settings.listen());
    assertEquals(settings(Map.of()).storage(), settings.storage());
    assertTrue(settings.demo());
  }

  @Test
  void dataAndDatabaseExcludeEachOther() throws ConfigurationException {
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
  void helpAndVersionHaveNoVariables() throws ConfigurationException {
    assertTrue(Options.parse(new String[] {"--help"}, name -> null).help());
    assertTrue(Options.parse(new String[] {"--version"}, name -> null).version());
    Options neither =
        Options.parse(
            new String[0], Map.of("SNAPSHOTS_HELP", "x", "SNAPSHOTS_VERSION", "true")::get);
    assertFalse(neither.help() || neither.version());
  }
}
