package io.github.dwssnapshots.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL, which syncs each commit as it does where nobody has changed its settings.
 * Trusts whoever connects, but for roles that a test makes.
 */
public final class Postgres implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path folder;
  private Optional<EmbeddedPostgres> running;
  private final int port;

  /** Starts one, with its files in this folder. */
  public Postgres(Path folder) throws IOException {
    this.folder = folder;
    EmbeddedPostgres first = start(0);
    this.port = first.getPort();
    this.running = Optional.of(first);
  }

  /** One for all tests of this process, made when the first one asks. */
  private static final class Shared {
    static final Postgres POSTGRES = make();

    private static Postgres make() {
      try {
        Path folder = Path.of("target", "postgres").toAbsolutePath();
        if (Files.exists(folder)) { // from the last run
          try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
              Files.delete(file);
            }
          }
        }
        return new Postgres(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One that all tests share; it ends with the process. */
  public static Postgres shared() {
    return Shared.POSTGRES;
  }

  private EmbeddedPostgres start(int onPort) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(onPort)
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false)
        .setLocaleConfig("locale", "C.UTF-8")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setPGStartupWait(Duration.ofMinutes(1)) // it may have to recover first
        .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
        .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Stops it: whoever is connected is cut off. */
  public void stop() throws IOException {
    if (running.isPresent()) {
      running.get().close();
    }
    running = Optional.empty();
  }

  /** Ends it as a crash would: nobody is told, and nothing is tidied up. */
  public void kill() throws IOException {
    long process =
        Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0).strip());
    ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    stop(); // which finds nothing left to stop
  }

  /** Starts it again, with what it had. */
  public void startAgain() throws IOException {
    running = Optional.of(start(port));
  }

  public int port() {
    return port;
  }

  /** The URL of a database, for the superuser. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
  }

  /** Makes an empty database; returns its name. */
  public String freshDatabase() throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  /** Runs some statements in a database, as the superuser. */
  public void execute(String database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
