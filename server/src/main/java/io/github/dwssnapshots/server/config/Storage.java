package io.github.dwssnapshots.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Where a server keeps its snapshots. */
public sealed interface Storage {
  /**
   * A folder that is this server's alone.
   *
   * @param path made where there is none
   */
  record Folder(Path path) implements Storage {}

  /**
   * A PostgreSQL database, which any number of servers can share.
   *
   * @param url {@code jdbc:postgresql://host:port/database}, with whatever else the driver knows
   * @param user where the URL has none
   * @param password where the URL has none; without it {@code ~/.pgpass} is looked at
   */
  record PostgreSql(String url, Optional<String> user, Optional<String> password)
      implements Storage {
    /** With the user and the password of this environment: PGUSER, PGPASSWORD. */
    public static PostgreSql of(String url, Function<String, Optional<String>> environment) {
      return new PostgreSql(url, environment.apply("PGUSER"), environment.apply("PGPASSWORD"));
    }

    /** Tells nothing: a password may stand in each of them. */
    @Override
    public String toString() {
      return "a PostgreSQL database";
    }
  }
}
