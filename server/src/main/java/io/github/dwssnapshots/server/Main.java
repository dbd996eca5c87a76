package io.github.dwssnapshots.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.ConfigurationException;
import io.github.dwssnapshots.server.config.Options;
import io.github.dwssnapshots.server.config.Settings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Runs the server from the command line. Exits with status 2 if it cannot start. */
public final class Main {
  private static final int CANNOT_START = 2;

  /** Makes an idle JVM return memory to the system (JEP 346). */
  private static final String IDLE_COLLECTION = "G1PeriodicGCInterval";

  private static final String IDLE_MILLIS = "10000";

  private Main() {}

  /** Ignores the JDK's shutdown hook, which would close the log before the last request. */
  public static final class Log extends LogManager {
    @Override
    public void reset() {}
  }

  public static void main(String[] arguments) throws InterruptedException {
    try {
      Options options = Options.parse(arguments, System::getenv);
      if (options.help()) {
        print(FileDescriptor.out, Options.usage());
      } else if (options.version()) {
        print(FileDescriptor.out, version() + "\n");
      } else {
        serve(options);
      }
    } catch (ConfigurationException | IOException e) {
      String hint = e.getCause() instanceof BindException ? "; --listen sets another address" : "";
      printError(e.getMessage() + hint);
      System.exit(CANNOT_START);
    } catch (RuntimeException | Error e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      printError("cannot start: " + cause.toString().replaceAll("\\s+", " "));
      System.exit(CANNOT_START);
    }
  }

  private static void serve(Options options)
      throws ConfigurationException, IOException, InterruptedException {
    if (!isWorkingDirectoryReadable()) {
      throw new ConfigurationException(
          "the working directory is deleted, or the locale does not support its name; set"
              + " LC_ALL=C.UTF-8, or start in another directory");
    }
    startLog();
    Settings settings = options.settings();
    SnapshotServer server = SnapshotServer.start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "shutdown"));
    String demo = settings.demo() ? demoCall(server.uri()) : "";
    String location = "Listening on " + server.uri() + "\nSnapshots in " + server.keptIn() + "\n";
    print(FileDescriptor.out, location + demo);
    returnIdleMemory();
    new CountDownLatch(1).await(); // until a signal ends the process
  }

  /** Paths fail in the JDK if the locale does not support the directory's name. */
  private static boolean isWorkingDirectoryReadable() {
    try {
      return Files.isDirectory(Path.of(System.getProperty("user.dir")));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static void startLog() throws IOException {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // for log messages
    System.setProperty("java.util.logging.manager", Log.class.getName());
    if (System.getProperty("java.util.logging.config.file") == null) {
      try (InputStream plain = Main.class.getResourceAsStream("logging.properties")) {
        LogManager.getLogManager().readConfiguration(plain);
      }
    }
    Logger.getLogger("").getHandlers(); // creates them now: the JDK cannot during shutdown
  }

  private static void returnIdleMemory() {
    Optional.ofNullable(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class))
        .filter(
            machine ->
                machine.getDiagnosticOptions().stream()
                    .filter(option -> option.getName().equals(IDLE_COLLECTION))
                    .anyMatch(option -> option.getOrigin() == VMOption.Origin.DEFAULT))
        .ifPresent(machine -> machine.setVMOption(IDLE_COLLECTION, IDLE_MILLIS));
  }

  private static void close(SnapshotServer server) {
    try {
      server.close();
    } catch (IOException e) {
      printError(e.getMessage());
    }
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.close(); // LogLines still writes, without a buffer
    }
  }

  private static String demoCall(URI uri) {
    return String.format(
        Locale.ROOT,
        """
        Demo project (no --config). Try:

        curl -i%s -w '\\n' %s/v1.0/%s/snapshots -H 'X-Auth-Token: %s' -H 'Content-Type: application/json' \\
          -d '{"snapshot": {"name": "snapshot-3", "cluster_id": "%s", "description": "Snapshot-3 description"}}'

        For SDKs: access key %s, secret key %s
        Snapshots of the cluster %s end as UNAVAILABLE.

        """,
        uri.getScheme().equals("https") ? " -k" : "",
        uri,
        DemoTenancy.PROJECT,
        DemoTenancy.TOKEN,
        DemoTenancy.CLUSTER,
        DemoTenancy.ACCESS_KEY,
        DemoTenancy.SECRET_KEY,
        DemoTenancy.FAILING_CLUSTER);
  }

  private static String version() {
    Optional<String> ofJar =
        Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
    return "snapshots-server " + ofJar.orElse("(unknown version)");
  }

  private static void printError(String text) {
    print(FileDescriptor.err, "snapshots-server: " + text + "\n");
  }

  private static void print(FileDescriptor to, String text) {
    PrintStream stream = new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
    stream.print(text);
    stream.flush(); // not closed: that would close stdout
  }
}
