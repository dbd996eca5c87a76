package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid URLs, their defaults, and passwords that must not be shown. */
@Isolated("changes the driver's log and a system property")
class PostgreSqlAddressTest {
  private static PostgreSqlAddress address(String url) throws IOException {
    return new PostgreSqlAddress(url, Optional.of("user"), Optional.empty());
  }

  /** Collects log messages, also those of the driver. */
  private static final class Log extends Handler {
    private final List<String> messages = new ArrayList<>();

    @Override
    public void publish(LogRecord line) {
      messages.add(
          line.getMessage()
              + List.of(Optional.ofNullable(line.getParameters()).orElse(new Object[0])));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "postgresql://localhost/x?password=secret",
        "postgres://user:secret@localhost/x",
        "jdbc:sqlite:secret",
        "jdbc:postgresql://user:secret@localhost/x",
        "jdbc:postgresql://localhost:user:secret/x",
        "jdbc:postgresql://localhost:secret/x",
        "jdbc:postgresql://localhost:99999/x?password=secret",
        "jdbc:postgresql://[::1/x?password=secret",
        "jdbc:postgresql://localhost?password=secret",
        "jdbc:postgresql://localhost/a/b?password=secret",
        "jdbc:postgresql://localhost/x&user=user&password=secret",
        "jdbc:postgresql://localhost/x;password=secret",
        "jdbc:postgresql://localhost/x?password=%zzsecret",
        "jdbc:postgresql://localhost/%x?password=secret",
        "jdbc:postgresql://localhost/x?password=a&secret",
        "jdbc:postgresql://localhost/x?passwort=secret",
        "jdbc:postgresql://localhost/x??password=secret"
      })
  void invalidUrlIsRejectedWithoutItsPassword(String url) {
    Log log = new Log();
    Logger driver = Logger.getLogger("org.postgresql");
    driver.setLevel(Level.ALL);
    driver.addHandler(log);
    try {
      String message = assertThrows(IOException.class, () -> address(url)).getMessage();
      assertEquals(1, message.lines().count(), message);
      assertFalse(message.contains("secret"), message);
      assertFalse(log.messages.toString().contains("secret"), log.messages::toString);
    } finally {
      driver.removeHandler(log);
      driver.setLevel(null);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql:x",
        "jdbc:postgresql:///x",
        "jdbc:postgresql://localhost/x",
        "jdbc:postgresql://db-1.example.org:5433,[::1]:5432/x?sslmode=verify-full&targetServerType=primary",
        "jdbc:postgresql://localhost/x?options=-c%20search_path=a&currentSchema=b&"
      })
  void validUrlIsAccepted(String url) throws IOException {
    assertEquals("x", address(url).source(Optional.empty()).getDatabaseName());
  }

  @Test
  void urlOverridesTheEnvironment() throws IOException {
    PostgreSqlAddress address =
        new PostgreSqlAddress(
            "jdbc:postgresql://one,two:1/n?user=from-url&socketTimeout=77",
            Optional.of("u"),
            Optional.of("secret"));
    assertEquals("from-url", address.source(Optional.empty()).getUser());
    assertEquals("secret", address.source(Optional.empty()).getPassword());
    assertEquals(77, address.source(Optional.empty()).getSocketTimeout());
    assertEquals("one,two:5432,1/n", address.toString());
  }

  @Test
  void timeoutsHaveDefaults() throws IOException {
    PostgreSqlAddress address = address("jdbc:postgresql://localhost/x");
    assertEquals(2, address.source(Optional.empty()).getConnectTimeout());
    assertEquals(3, address.source(Optional.empty()).getLoginTimeout());
    assertEquals(5, address.source(Optional.empty()).getSocketTimeout());
    assertEquals(1, address.source(Optional.of(1)).getSocketTimeout());
    assertEquals(0, address.source(Optional.of(0)).getSocketTimeout());
    assertEquals("snapshots-server", address.source(Optional.empty()).getApplicationName());
    assertTrue(address.source(Optional.empty()).getTcpKeepAlive());
  }

  @Test
  void missingPasswordIsReadFromThePasswordFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("pgpass"), "*:5432:x:user:from-file\n");
    System.setProperty("org.postgresql.pgpassfile", file.toString());
    try {
      String url = "jdbc:postgresql://localhost/x";
      assertEquals("from-file", address(url).source(Optional.empty()).getPassword());
      assertEquals(
          "in-url", address(url + "?password=in-url").source(Optional.empty()).getPassword());
    } finally {
      System.clearProperty("org.postgresql.pgpassfile");
    }
  }
}
