package io.github.dwssnapshots.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Where a server keeps its snapshots. */
public sealed interface Storage {
  /** A data directory for one server at a time; created if missing. */
  record Folder(Path path) implements Storage {}

  /**
   * A PostgreSQL database, which several servers can share.
   *
   * @param url {@code jdbc:postgresql://HOST:PORT/NAME?OPTIONS}
   * @param user if the URL has none
   * @param password if the URL has none; the last resort is {@code ~/.pgpass}
   */
  record PostgreSql(String url, Optional<String> user, Optional<String> password)
      implements Storage {
    /** With the variables PGUSER and PGPASSWORD of this environment. */
    public static PostgreSql of(String url, Function<String, Optional<String>> environment) {
      return new PostgreSql(url, environment.apply("PGUSER"), environment.apply("PGPASSWORD"));
    }

    /** Shows no component: each can have a password. */
    @Override
    public String toString() {
      return "a PostgreSQL database";
    }
  }
}
