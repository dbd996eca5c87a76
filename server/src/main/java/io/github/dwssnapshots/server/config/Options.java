package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.Tenancy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Command line options. The environment variable of an option is its default. */
@Command(
    customSynopsis = "java -jar snapshots-server.jar [options]",
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Environment variables, overridden by options: SNAPSHOTS_LISTEN, SNAPSHOTS_DATA,",
      "SNAPSHOTS_DATABASE, SNAPSHOTS_CONFIG, SNAPSHOTS_CREATION_TIME, SNAPSHOTS_TLS_KEYSTORE.",
      "Empty ones are ignored."
    })
public final class Options {
  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*(?==|$)");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "Address; port 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress listen;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory, created if missing (default: ./snapshots-data).")
  private Optional<Path> data;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = {
        "PostgreSQL database instead of --data, for one or more servers:",
        "jdbc:postgresql://HOST:PORT/NAME; user and password come from",
        "?user=...&password=..., PGUSER and PGPASSWORD, or ~/.pgpass."
      })
  private Optional<String> database;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Projects, clusters, credentials, faults, in YAML (default: a demo project, on loopback only).")
  private Optional<Path> config;

  @Option(
      names = "--creation-time",
      paramLabel = "TIME",
      defaultValue = "2s",
      description =
          "Time a new snapshot stays CREATING, e.g. 500ms, 2s, 5m; 0s makes it AVAILABLE at once"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration creationTime;

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description =
          "Key for HTTPS, a PKCS#12 file; its password is in the variable SNAPSHOTS_TLS_PASSWORD.")
  private Optional<Path> tlsKeystore;

  @Option(names = "--help", usageHelp = true, description = "Print this text.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version.")
  private boolean version;

  private final UnaryOperator<String> environment;

  private Options(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  /** Returns the text of {@code --help}. */
  public static String usage() {
    return new CommandLine(new Options(name -> null)).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /**
   * Parses a command line.
   *
   * @param environment as {@link System#getenv(String)}
   * @throws ConfigurationException with a message that quotes no value, since it could be a secret
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
      throw new ConfigurationException(fault(e, arguments) + "; --help lists the options");
    }
  }

  private static String variableOf(ArgSpec option) {
    String name = ((OptionSpec) option).longestName().replace("--", "SNAPSHOTS-");
    return name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isEmpty());
  }

  /** Describes an error without values, which could be secrets. */
  private static String fault(ParameterException e, String[] arguments) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().get(0);
      Matcher option = OPTION.matcher(argument);
      return option.lookingAt()
          ? "unknown option " + option.group()
          : "unexpected argument number " + (Arrays.asList(arguments).indexOf(argument) + 1);
    }
    boolean isFlag = e.getArgSpec() != null && e.getArgSpec().arity().max() == 0;
    String message = isFlag ? "--help and --version take no value" : e.getMessage();
    if (e.getArgSpec() instanceof OptionSpec option && !isFlag) {
      String name = option.longestName();
      message = message.replace("option '" + name + "'", name + " or " + variableOf(option));
    }
    // picocli quotes the next argument, which can contain a value
    return message.replaceFirst("(?s)(but found '[^=']*)=.*", "$1'");
  }

  private static InetSocketAddress address(String text) {
    Matcher parts = HOST_PORT.matcher(text);
    if (parts.matches() && Integer.parseInt(parts.group(3)) <= 65535) {
      String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
      return InetSocketAddress.createUnresolved(host, Integer.parseInt(parts.group(3)));
    }
    throw new TypeConversionException(
        "expected HOST:PORT with a port from 0 to 65535, e.g. 127.0.0.1:8080 or [::1]:8080");
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
    return TimeText.parse(text)
        .filter(Tenancy.Cluster::isCreationTime)
        .orElseThrow(() -> new TypeConversionException(TimeText.EXPECTED + ", at most 24h"));
  }

  public boolean help() {
    return help;
  }

  public boolean version() {
    return version;
  }

  /**
   * Creates the settings. Reads the configuration file.
   *
   * @throws ConfigurationException if they are not valid, or the demo would be public
   */
  public Settings settings() throws ConfigurationException {
    if (config.isEmpty() && !isLoopback()) {
      throw new ConfigurationException(
          "--listen or SNAPSHOTS_LISTEN: this address is not loopback, and the demo token is public;"
              + " use --config FILE, or listen on 127.0.0.1");
    }
    TenancyRules.Configuration configuration =
        config.isEmpty()
            ? new TenancyRules.Configuration(DemoTenancy.tenancy(), List.of())
            : TenancyFile.read(config.get(), environment);
    return new Settings(
        listen,
        storage(),
        configuration.tenancy(),
        config.isEmpty(),
        creationTime,
        tls(),
        configuration.faults());
  }

  private Optional<SSLContext> tls() throws ConfigurationException {
    if (tlsKeystore.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> password = variable("SNAPSHOTS_TLS_PASSWORD");
    if (password.isEmpty()) {
      throw new ConfigurationException(
          "--tls-keystore needs its password in the variable SNAPSHOTS_TLS_PASSWORD, which is not set");
    }
    return Optional.of(TlsKey.read(tlsKeystore.get(), password.get()));
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
          "--data (or SNAPSHOTS_DATA) and --database (or SNAPSHOTS_DATABASE) exclude each other; use"
              + " one of them");
    }
    return Storage.PostgreSql.of(database.get(), this::variable);
  }
}
