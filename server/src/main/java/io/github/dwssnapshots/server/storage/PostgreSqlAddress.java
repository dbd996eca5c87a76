package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.SQLException;
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
   * What comes before the question mark. Stricter than the driver, which takes a password that
   * stands at the wrong place for a port or a name, and then shows it.
   */
  private static final Pattern HOSTS_AND_NAME =
      Pattern.compile(
          "jdbc:postgresql:(//(HOST(,HOST)*)?/)?[^/?@&;=]*"
              .replace("HOST", "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?"));

  /** Where user and password are looked for, for whoever has given none or the wrong ones. */
  static final String CREDENTIALS =
      "user and password come from ?user=…&password=… in the URL, from PGUSER and PGPASSWORD, or"
          + " from ~/.pgpass";

  private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

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
   * @throws IOException with a message for a person, which has nothing of the URL
   */
  static PostgreSqlAddress of(String url, Optional<String> user, Optional<String> password)
      throws IOException {
    String[] parts = url.split("\\?", 2);
    if (!HOSTS_AND_NAME.matcher(parts[0]).matches()) {
      throw new IOException("the database is to be given as " + EXAMPLE + "; " + CREDENTIALS);
    }
    checkOptions(parts.length == 1 ? "" : parts[1]);
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
          "the driver cannot read the database's URL: a port is too large, or a % in its"
              + " name is not followed by two hex digits; one that it can read is "
              + EXAMPLE);
    }
    PGProperty.REWRITE_BATCHED_INSERTS.set(all, false); // it would not say which were inserted
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(all, false); // or a failure shows what clients have sent
    return new PostgreSqlAddress(all);
  }

  /** The name of an option that there is not is not told: it may be the end of a password. */
  private static void checkOptions(String options) throws IOException {
    int number = 0;
    for (String option : options.split("&", -1)) {
      number++;
      if (!option.isEmpty() && PGProperty.forName(option.split("=", 2)[0]) == null) {
        throw new IOException(
            "option "
                + number
                + " behind the ? of the database's URL is none that the driver knows (a & in a"
                + " value is written as %26)");
      }
      if (LONE_PERCENT.matcher(option).find()) { // the driver would log it
        throw new IOException(
            "option "
                + number
                + " behind the ? of the database's URL has a % that is not followed by two hex"
                + " digits (the character itself is written as %25)");
      }
    }
  }

  /** Connects as the URL has it. */
  PGSimpleDataSource source() {
    return source(properties);
  }

  /** Connects likewise, or fails soon. */
  PGSimpleDataSource impatientSource() {
    return source(with(1));
  }

  /** Connects likewise, and waits for each answer as long as it takes. */
  PGSimpleDataSource patientSource() {
    return source(with(0));
  }

  private Properties with(int timeoutSeconds) {
    Properties other = new Properties();
    other.putAll(properties);
    PGProperty.SOCKET_TIMEOUT.set(other, timeoutSeconds);
    return other;
  }

  private static PGSimpleDataSource source(Properties properties) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      for (String name : properties.stringPropertyNames()) {
        source.setProperty(name, properties.getProperty(name));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the driver knows it, and does not take it", e);
    }
    return source;
  }

  String user() {
    return PGProperty.USER.getOrDefault(properties);
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
