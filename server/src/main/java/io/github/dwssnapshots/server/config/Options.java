package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options of the command line. An option that is not given comes from its variable. */
@Command(
    customSynopsis = "java -jar snapshots-server.jar [options]",
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Environment variables set options that are not given: SNAPSHOTS_LISTEN, SNAPSHOTS_DATA,",
      "SNAPSHOTS_DATABASE, SNAPSHOTS_CONFIG, SNAPSHOTS_CREATION_TIME. An empty one is not set."
    })
public final class Options {
  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
  private static final Pattern TIME = Pattern.compile("[0-9]{1,9}(ms|s|m|h)");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*(?==|$)");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "Address to listen on; port 0: a free one (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress listen;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory, created if missing (default: ./snapshots-data).")
  private Optional<Path> data;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "PostgreSQL database, which several servers can share, instead of --data:"
              + " jdbc:postgresql://HOST:PORT/NAME; user and password come from"
              + " ?user=...&password=..., PGUSER and PGPASSWORD, or ~/.pgpass.")
  private Optional<String> database;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Projects, clusters and credentials, in YAML (default: a demo project, on loopback only).")
  private Optional<Path> config;

  @Option(
      names = "--creation-time",
      paramLabel = "TIME",
      defaultValue = "2s",
      description =
          "Time a new snapshot stays CREATING, e.g. 500ms, 2s, 5m; 0s makes it AVAILABLE at once"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration creationTime;

  @Option(names = "--help", usageHelp = true, description = "Print this text.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version.")
  private boolean version;

  private final UnaryOperator<String> environment;

  private Options(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  /** The text of {@code --help}. */
  public static String usage() {
    return new CommandLine(new Options(name -> null)).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /**
   * Parses a command line.
   *
   * @param environment the value of a variable, or null, as {@link System#getenv(String)}
   * @throws ConfigurationException with a message that quotes no value: it could be a secret
   */
  public static Options parse(String[] arguments, UnaryOperator<String> environment)
      throws ConfigurationException {
    Options options = new Options(environment);
    CommandLine line = new CommandLine(options);
    line.setExpandAtFiles(false);
    line.setInterpolateVariables(false);
    line.setAllowOptionsAsOptionParameters(false);
    line.setDefaultValueProvider(
        option ->
            option.arity().max() == 0 ? null : options.variable(variableOf(option)).orElse(null));
    line.registerConverter(InetSocketAddress.class, Options::address);
    line.registerConverter(Path.class, Options::path);
    line.registerConverter(Duration.class, Options::time);
    try {
      line.parseArgs(arguments);
      return options;
    } catch (ParameterException e) {
      throw new ConfigurationException(fault(e) + "; --help lists the options");
    }
  }

  private static String variableOf(ArgSpec option) {
    String name = ((OptionSpec) option).longestName().replace("--", "SNAPSHOTS-");
    return name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isEmpty());
  }

  /** The messages that are passed on have no value in them. */
  private static String fault(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      Matcher option = OPTION.matcher(unmatched.getUnmatched().get(0));
      return option.lookingAt() ? "unknown option " + option.group() : "unexpected argument";
    }
    boolean isFlag = e.getArgSpec() != null && e.getArgSpec().arity().max() == 0;
    String message = isFlag ? "--help and --version take no value" : e.getMessage();
    if (e.getArgSpec() instanceof OptionSpec option && !isFlag) {
      String name = option.longestName();
      message = message.replace("option '" + name + "'", name + " or " + variableOf(option));
    }
    // picocli quotes the argument that follows an option without a value
    return message.replaceFirst("(?s)(but found '[^=']*)=.*", "$1'");
  }

  private static InetSocketAddress address(String text) {
    Matcher parts = HOST_PORT.matcher(text);
    if (parts.matches() && Integer.parseInt(parts.group(3)) <= 65535) {
      String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
      return InetSocketAddress.createUnresolved(host, Integer.parseInt(parts.group(3)));
    }
    throw new TypeConversionException(
        "expected HOST:PORT with a port of 0 to 65535, e.g. 127.0.0.1:8080 or [::1]:8080");
  }

  private static Path path(String text) {
    try {
      if (!text.isEmpty()) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      throw new TypeConversionException("not a path: " + e.getReason());
    }
    throw new TypeConversionException("the path is empty");
  }

  private static Duration time(String text) {
    if (TIME.matcher(text).matches()) {
      Duration time =
          text.endsWith("ms")
              ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
              : Duration.parse("PT" + text);
      if (time.compareTo(Settings.MAX_CREATION_TIME) <= 0) {
        return time;
      }
    }
    throw new TypeConversionException(
        "expected a number with ms, s, m or h, at most 24h, e.g. 2s or 500ms");
  }

  public boolean help() {
    return help;
  }

  public boolean version() {
    return version;
  }

  /**
   * The settings that the options ask for. Reads the configuration file.
   *
   * @throws ConfigurationException when they cannot be used, or the demo would be public
   */
  public Settings settings() throws ConfigurationException {
    if (config.isEmpty() && !isLoopback()) {
      throw new ConfigurationException(
          "--listen or SNAPSHOTS_LISTEN: other machines can reach this address, and everybody knows"
              + " the demo's token; give a --config FILE, or listen on 127.0.0.1");
    }
    return new Settings(
        listen,
        storage(),
        config.isEmpty() ? DemoTenancy.tenancy() : TenancyFile.read(config.get()),
        config.isEmpty(),
        creationTime);
  }

  private boolean isLoopback() throws ConfigurationException {
    try {
      return Arrays.stream(InetAddress.getAllByName(listen.getHostString()))
          .allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      throw new ConfigurationException("--listen or SNAPSHOTS_LISTEN: unknown host");
    }
  }

  private Storage storage() throws ConfigurationException {
    if (database.isEmpty()) {
      return new Storage.Folder(data.orElse(Path.of("snapshots-data")));
    }
    if (data.isPresent()) {
      throw new ConfigurationException(
          "both --data (or SNAPSHOTS_DATA) and --database (or SNAPSHOTS_DATABASE) are given; use"
              + " one of them");
    }
    return Storage.PostgreSql.of(database.get(), this::variable);
  }
}
