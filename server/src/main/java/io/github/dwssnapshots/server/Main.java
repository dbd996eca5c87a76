package io.github.dwssnapshots.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.CommandLine;
import io.github.dwssnapshots.server.config.ConfigurationException;
import io.github.dwssnapshots.server.config.Settings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Runs the server from a command line. Ends with 2 when it cannot start. */
public final class Main {
  private static final int CANNOT_START = 2;

  /** JEP 346; an option that can be changed while the machine runs. */
  private static final String IDLE_COLLECTION = "G1PeriodicGCInterval";

  private static final String IDLE_MILLIS = "10000";

  private Main() {}

  /**
   * The log of the process: goes on while the server finishes what is in flight, unlike the JDK's.
   */
  public static final class Log extends LogManager {
    @Override
    public void reset() {
      // The JDK calls this when the process is told to end, at the same time as our own shutdown.
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    try {
      CommandLine line = CommandLine.parse(List.of(arguments), System::getenv);
      switch (line.request()) {
        case HELP -> print(CommandLine.HELP);
        case VERSION -> print(version() + "\n");
        case SERVE -> serve(Settings.of(line));
      }
    } catch (ConfigurationException | IOException e) {
      complain(e.getMessage());
      System.exit(CANNOT_START);
    }
  }

  private static void serve(Settings settings) throws IOException, InterruptedException {
    startLog();
    SnapshotServer server = SnapshotServer.start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "shutdown"));
    print("Listening on " + server.uri() + "\nSnapshots in " + server.keptIn() + "\n");
    print(settings.demo() ? demoCall(server.uri()) : "");
    giveBackMemory();
    new CountDownLatch(1).await(); // for the signal that ends the process
  }

  /** Of a server that lies idle: by itself G1 keeps what a busy minute has taken. */
  private static void giveBackMemory() {
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
      complain(e.getMessage());
    }
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.flush(); // the last lines
    }
  }

  private static void startLog() throws IOException {
    Locale.setDefault(
        Locale.Category.FORMAT, Locale.ROOT); // the formatter of the log knows no other
    System.setProperty("java.util.logging.manager", Log.class.getName());
    if (System.getProperty("java.util.logging.config.file") == null) {
      try (InputStream plain = Main.class.getResourceAsStream("logging.properties")) {
        LogManager.getLogManager().readConfiguration(plain);
      }
    }
    // Made on first use, and no more once the process is told to end: a first line then would be
    // lost.
    Logger.getLogger("").getHandlers();
  }

  private static String demoCall(URI uri) {
    return String.format(
        Locale.ROOT,
        """
        Demo project, since there is no --config. Try:

        curl -i %s/v1.0/%s/snapshots -H 'X-Auth-Token: %s' -H 'Content-Type: application/json' \\
          -d '{"snapshot": {"name": "snapshot-3", "cluster_id": "%s", "description": "Snapshot-3 description"}}'

        """,
        uri,
        DemoTenancy.PROJECT,
        DemoTenancy.TOKEN,
        DemoTenancy.CLUSTER);
  }

  private static String version() {
    return "snapshots-server "
        + Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
            .orElse("(not from its jar)");
  }

  private static void print(String text) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.print(text);
    out.flush();
  }

  private static void complain(String text) {
    new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8)
        .println("snapshots-server: " + text);
  }
}
