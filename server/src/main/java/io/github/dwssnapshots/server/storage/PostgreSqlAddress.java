package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Which database it is, who connects to it, and how. As text it is what may be told: neither user
 * nor password.
 */
final class PostgreSqlAddress {
  /**
   * The driver logs a URL that it cannot read, with the password that may stand in it. What comes
   * before the question mark and looks like this it can read.
   */
  private static final Pattern READABLE = Pattern.compile("jdbc:postgresql:(//[^/?@]*/)?[^/?@]*");

  private static final String EXAMPLE = "jdbc:postgresql://localhost:5432/snapshots";

  private final Properties properties;

  private PostgreSqlAddress(Properties properties) {
    this.properties = properties;
  }

  /**
   * Reads the URL. What it does not say is taken from the other arguments, then from {@code
   * ~/.pgpass}, then it is the driver's default; but for the times that a connection may take,
   * which have no bounds there.
   *
   * @throws IOException with a message for a person, which does not have the URL
   */
  static PostgreSqlAddress of(String url, Optional<String> user, Optional<String> password)
      throws IOException {
    if (!READABLE.matcher(url.split("\\?", 2)[0]).matches()) {
      throw new IOException(
          "the database is to be given as "
              + EXAMPLE
              + ", user and password as ?user=…&password=… behind it, as PGUSER and PGPASSWORD, or"
              + " in ~/.pgpass");
    }
    Properties given = new Properties();
    PGProperty.USER.set(given, user.orElse(System.getProperty("user.name")));
    password.ifPresent(value -> PGProperty.PASSWORD.set(given, value));
    PGProperty.APPLICATION_NAME.set(given, "snapshots-server");
    PGProperty.CONNECT_TIMEOUT.set(given, 2);
    PGProperty.LOGIN_TIMEOUT.set(given, 3);
    PGProperty.SOCKET_TIMEOUT.set(given, 5);
    PGProperty.TCP_KEEP_ALIVE.set(given, true);
    Properties all = Driver.parseURL(url, given);
    if (all == null) {
      throw new IOException(
          "the driver cannot read what stands in the database's address; " + EXAMPLE + " is one");
    }
    PGProperty.REWRITE_BATCHED_INSERTS.set(all, false); // it would not say which were inserted
    return new PostgreSqlAddress(all);
  }

  /** Connects as the URL has it. */
  PGSimpleDataSource source() {
    return source(properties);
  }

  /** Connects likewise, or fails soon. */
  PGSimpleDataSource impatientSource() {
    Properties impatient = new Properties();
    impatient.putAll(properties);
    PGProperty.CONNECT_TIMEOUT.set(impatient, 1);
    PGProperty.SOCKET_TIMEOUT.set(impatient, 1);
    return source(impatient);
  }

  private static PGSimpleDataSource source(Properties properties) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      for (String name : properties.stringPropertyNames()) {
        source.setProperty(name, properties.getProperty(name));
      }
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException("the driver has read it, and does not take it", e);
    }
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
