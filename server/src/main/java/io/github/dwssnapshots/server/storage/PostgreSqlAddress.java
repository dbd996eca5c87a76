package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Address of a PostgreSQL database. {@code toString} shows neither user nor password. */
final class PostgreSqlAddress {
  static final String CREDENTIALS =
      "user and password come from ?user=…&password=… in the URL, PGUSER and PGPASSWORD, or"
          + " ~/.pgpass";

  /** Stricter than the driver, which would log a password as an invalid port. */
  private static final Pattern URL =
      Pattern.compile(
          "jdbc:postgresql:(//(HOST(,HOST)*)?/)?[^/?@&;=%]*(\\?([^%]|%[0-9A-Fa-f]{2})*)?"
              .replace("HOST", "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?"));

  private final Properties properties;

  /**
   * Parses a URL. Missing parts come from the other arguments, then from {@code ~/.pgpass}, then
   * from the driver, except for timeouts.
   *
   * @throws IOException with a message for users that quotes nothing of the URL
   */
  PostgreSqlAddress(String url, Optional<String> user, Optional<String> password)
      throws IOException {
    Properties defaults = new Properties();
    PGProperty.USER.set(defaults, user.orElse(System.getProperty("user.name")));
    password.ifPresent(value -> PGProperty.PASSWORD.set(defaults, value));
    PGProperty.APPLICATION_NAME.set(defaults, "snapshots-server");
    PGProperty.CONNECT_TIMEOUT.set(defaults, 2);
    PGProperty.LOGIN_TIMEOUT.set(defaults, 3);
    PGProperty.SOCKET_TIMEOUT.set(defaults, 5);
    PGProperty.TCP_KEEP_ALIVE.set(defaults, true);
    properties = URL.matcher(url).matches() ? Driver.parseURL(url, defaults) : null;
    if (properties == null) {
      throw new IOException(
          "the database URL is not valid; expected jdbc:postgresql://HOST:PORT/NAME?OPTIONS; "
              + CREDENTIALS);
    }
    for (String name : properties.stringPropertyNames()) {
      if (PGProperty.forName(name) == null) { // a misspelled sslmode would disable TLS
        throw new IOException("unknown option in the database URL; in a value, write & as %26");
      }
    }
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false); // it contains values of clients
  }

  /** Creates a data source; the argument overrides the socket timeout, 0 disables it. */
  PGSimpleDataSource source(Optional<Integer> timeoutSeconds) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      for (String name : properties.stringPropertyNames()) {
        source.setProperty(name, properties.getProperty(name));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the driver rejects its own property", e);
    }
    timeoutSeconds.ifPresent(source::setSocketTimeout);
    return source;
  }

  /** For example {@code localhost:5432/snapshots}. */
  @Override
  public String toString() {
    return PGProperty.PG_HOST.getOrDefault(properties)
        + ":"
        + PGProperty.PG_PORT.getOrDefault(properties)
        + "/"
        + PGProperty.PG_DBNAME.getOrDefault(properties);
  }
}
