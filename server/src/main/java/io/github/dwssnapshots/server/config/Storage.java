package io.github.dwssnapshots.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Location of the snapshots. */
public sealed interface Storage {
  /** A data directory for one server at a time; created if missing. */
  record Folder(Path path) implements Storage {}

  /**
   * A PostgreSQL database, which several servers can share.
   *
   * @param url {@code jdbc:postgresql://HOST:PORT/NAME?OPTIONS}
   * @param user used if the URL has none
   * @param password used if the URL has none; the default comes from {@code ~/.pgpass}
   */
  record PostgreSql(String url, Optional<String> user, Optional<String> password)
      implements Storage {
    /** Takes user and password from the variables PGUSER and PGPASSWORD. */
    public static PostgreSql of(String url, Function<String, Optional<String>> environment) {
      return new PostgreSql(url, environment.apply("PGUSER"), environment.apply("PGPASSWORD"));
    }

    /** Shows no component, since each can contain a password. */
    @Override
    public String toString() {
      return "a PostgreSQL database";
    }
  }
}
