package io.github.dwssnapshots.server.config;

import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The options of the command line, and the environment variables that stand in for them. By hand:
 * seven options, and a server that starts at once.
 */
public final class CommandLine {
  /** Shown by {@code --help}. */
  public static final String HELP =
      """
      Usage: java -jar snapshots-server.jar [options]

        --listen HOST:PORT    where to listen; port 0 takes a free one (default 127.0.0.1:8080)
        --data DIR            the folder that holds the snapshots; made where there is none
                              (default ./snapshots-data)
        --database URL        a PostgreSQL database instead, which several servers can share:
                              jdbc:postgresql://HOST:PORT/NAME, its user and password as
                              ?user=...&password=..., PGUSER and PGPASSWORD, or in ~/.pgpass
        --config FILE         projects, clusters and credentials, in YAML (default: a demo project,
                              on loopback only)
        --creation-time TIME  how long a new snapshot is CREATING: a number with ms, s, m or h,
                              0s for not at all (default 2s)
        --help                this text
        --version             the version

      The first five can also be given as SNAPSHOTS_LISTEN, SNAPSHOTS_DATA, SNAPSHOTS_DATABASE,
      SNAPSHOTS_CONFIG and SNAPSHOTS_CREATION_TIME; an option goes before its variable.
      """;

  /** What is asked for. */
  public enum Request {
    SERVE,
    HELP,
    VERSION
  }

  private enum Option {
    LISTEN("--listen", "SNAPSHOTS_LISTEN"),
    DATA("--data", "SNAPSHOTS_DATA"),
    DATABASE("--database", "SNAPSHOTS_DATABASE"),
    CONFIG("--config", "SNAPSHOTS_CONFIG"),
    CREATION_TIME("--creation-time", "SNAPSHOTS_CREATION_TIME");

    private final String flag;
    private final String variable;

    Option(String flag, String variable) {
      this.flag = flag;
      this.variable = variable;
    }
  }

  private final Map<Option, String> values = new EnumMap<>(Option.class);
  private final UnaryOperator<String> environment;
  private Request request = Request.SERVE;

  private CommandLine(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  /**
   * Reads the options, and the variables for those that are not given.
   *
   * @param environment the value of a variable, or null where there is none, as {@link
   *     System#getenv(String)}
   */
  public static CommandLine parse(List<String> arguments, UnaryOperator<String> environment)
      throws ConfigurationException {
    CommandLine line = new CommandLine(environment);
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      line.take(rest.next(), rest);
    }
    for (Option option : Option.values()) {
      line.variable(option.variable).ifPresent(value -> line.values.putIfAbsent(option, value));
    }
    return line;
  }

  /** An empty one counts as none. */
  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isEmpty());
  }

  private void take(String argument, Iterator<String> rest) throws ConfigurationException {
    switch (argument) {
      case "--help" -> request = Request.HELP;
      case "--version" -> request = Request.VERSION;
      default -> takeValue(argument, rest);
    }
  }

  private void takeValue(String argument, Iterator<String> rest) throws ConfigurationException {
    int equals = argument.indexOf('=');
    String flag = equals < 0 ? argument : argument.substring(0, equals);
    for (Option option : Option.values()) {
      if (option.flag.equals(flag)) {
        if (equals < 0 && !rest.hasNext()) {
          throw new ConfigurationException(flag + " needs a value; --help tells which");
        }
        String value = equals < 0 ? rest.next() : argument.substring(equals + 1);
        if (value.isEmpty() || values.putIfAbsent(option, value) != null) {
          throw new ConfigurationException(
              flag + " is given " + (value.isEmpty() ? "empty" : "twice"));
        }
        return;
      }
    }
    if (flag.equals("--help") || flag.equals("--version")) {
      throw new ConfigurationException(flag + " takes no value");
    }
    // What is no option, or stands behind its =, may be a secret at the wrong place.
    throw new ConfigurationException(
        (flag.startsWith("-")
                ? "there is no option " + flag
                : "something stands where an option is expected")
            + "; --help lists the options");
  }

  public Request request() {
    return request;
  }

  String listen() {
    return values.getOrDefault(Option.LISTEN, "127.0.0.1:8080");
  }

  /**
   * Where the snapshots are kept.
   *
   * @throws ConfigurationException where both are given, or the folder's path is none
   */
  Storage storage() throws ConfigurationException {
    String data = values.getOrDefault(Option.DATA, "snapshots-data");
    if (!values.containsKey(Option.DATABASE)) {
      return new Storage.Folder(Settings.path("--data", data));
    }
    if (values.containsKey(Option.DATA)) {
      throw new ConfigurationException(
          "there is both a folder (--data or SNAPSHOTS_DATA) and a database (--database or"
              + " SNAPSHOTS_DATABASE); the snapshots are kept in one of them");
    }
    return Storage.PostgreSql.of(values.get(Option.DATABASE), this::variable);
  }

  String creationTime() {
    return values.getOrDefault(Option.CREATION_TIME, "2s");
  }

  Optional<String> config() {
    return Optional.ofNullable(values.get(Option.CONFIG));
  }
}
