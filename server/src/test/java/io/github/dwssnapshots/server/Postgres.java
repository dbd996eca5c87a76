package io.github.dwssnapshots.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * A PostgreSQL server that syncs each commit, as it does by default. Accepts the superuser without
 * a password.
 */
public final class Postgres implements AutoCloseable {
  private static final String PID_FILE = "data/postmaster.pid";
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path folder;
  private Optional<EmbeddedPostgres> running;
  private final int port;

  /** Starts a server with its files in this directory. */
  public Postgres(Path folder) throws IOException {
    this.folder = folder;
    EmbeddedPostgres first = start(0);
    this.port = first.getPort();
    this.running = Optional.of(first);
  }

  /** The server of all tests of this process, started on first use. */
  private static final class Shared {
    static final Postgres POSTGRES = make();

    private static Postgres make() {
      try {
        Path folder = Path.of("target", "postgres").toAbsolutePath();
        awaitEnd(folder.resolve(PID_FILE));
        if (Files.exists(folder)) { // from the previous run
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

    /** Waits for the server of a previous run, which can outlive its tests for a moment. */
    private static void awaitEnd(Path pidFile) throws IOException {
      try {
        processOf(pidFile).ifPresent(it -> it.onExit().completeOnTimeout(it, 10, SECONDS).join());
      } catch (NoSuchFileException ended) {
        return;
      }
    }
  }

  /** The server that all tests share; it ends with the process. */
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
        .setPGStartupWait(Duration.ofMinutes(1)) // includes recovery after a crash
        .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
        .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Stops the server and closes its connections. */
  public void stop() throws IOException {
    if (running.isPresent()) {
      running.get().close();
    }
    running = Optional.empty();
  }

  /** Kills the server, as in a crash: without shutdown messages or cleanup. */
  public void kill() throws IOException {
    processOf(folder.resolve(PID_FILE)).ifPresent(ProcessHandle::destroyForcibly);
    stop(); // clears the state; the process has ended
  }

  private static Optional<ProcessHandle> processOf(Path pidFile) throws IOException {
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()));
  }

  /** Starts the server again with its data. */
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

  /** Creates an empty database and returns its name. */
  public String freshDatabase() throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  /** Executes statements in a database as the superuser. */
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
