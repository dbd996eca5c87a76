package io.github.dwssnapshots.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
  record Database(String url, Optional<String> user, Optional<String> password) implements Storage {
    /** With the user and the password of this environment: PGUSER, PGPASSWORD. */
    public static Database of(String url, UnaryOperator<String> environment) {
      return new Database(
          url,
          Optional.ofNullable(environment.apply("PGUSER")),
          Optional.ofNullable(environment.apply("PGPASSWORD")));
    }

    /** Tells nothing: a password may stand in each of them. */
    @Override
    public String toString() {
      return "a PostgreSQL database";
    }
  }
}
