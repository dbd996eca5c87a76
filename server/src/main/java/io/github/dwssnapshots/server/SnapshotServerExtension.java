package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.fault.Faults;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension with a server for the tests of a class, with the demo tenancy, on a free port
 * and in a temporary directory. Works with JUnit 5 and 6.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final SnapshotServerExtension server = SnapshotServerExtension.demo();
 * }</pre>
 */
public final class SnapshotServerExtension implements BeforeAllCallback, AfterAllCallback {
  private final UnaryOperator<Settings> change;
  private Optional<SnapshotServer> server = Optional.empty();

  /** The class and its nested classes that have not ended. */
  private final Set<String> classes = new HashSet<>();

  private Optional<Path> folder = Optional.empty();

  private SnapshotServerExtension(UnaryOperator<Settings> change) {
    this.change = change;
  }

  /** Creates the extension. The field must be static. */
  public static SnapshotServerExtension demo() {
    return demo(UnaryOperator.identity());
  }

  /**
   * Creates the extension with other settings.
   *
   * @param change for example {@code settings -> settings.withCreationTime(Duration.ZERO)}
   */
  public static SnapshotServerExtension demo(UnaryOperator<Settings> change) {
    return new SnapshotServerExtension(change);
  }

  /** Starts the server for the outermost class; nested ones use it too. */
  @Override
  public synchronized void beforeAll(ExtensionContext context) throws IOException {
    classes.add(context.getUniqueId());
    if (classes.size() > 1) {
      return;
    }
    Path created = Files.createTempDirectory("snapshots-");
    folder = Optional.of(created);
    server = Optional.of(SnapshotServer.start(change.apply(Settings.demo(created))));
  }

  @Override
  public synchronized void afterAll(ExtensionContext context) throws IOException {
    if (!classes.remove(context.getUniqueId()) || !classes.isEmpty()) {
      return; // a class ends without a start if an extension before this one fails
    }
    try {
      if (server.isPresent()) {
        server.get().close();
      }
    } finally {
      server = Optional.empty();
      if (folder.isPresent()) {
        delete(folder.get());
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private SnapshotServer running() {
    return server.orElseThrow(
        () ->
            new IllegalStateException(
                "the server is not started; is the field static, with @RegisterExtension?"));
  }

  /** Base URI, for example {@code http://127.0.0.1:43210}. */
  public URI uri() {
    return running().uri();
  }

  /** A token that allows everything in {@link #project}. */
  public String token() {
    return DemoTenancy.TOKEN;
  }

  public String project() {
    return DemoTenancy.PROJECT;
  }

  public String cluster() {
    return DemoTenancy.CLUSTER;
  }

  /** The faults that the server injects. */
  public Faults faults() {
    return running().faults();
  }

  /**
   * Deletes all snapshots and faults, for example before each test. A request that a fault delays
   * can still change something afterwards. Blocks.
   *
   * @throws java.util.concurrent.CompletionException if the storage fails
   */
  public void reset() {
    faults().clear();
    running().deleteAll(DemoTenancy.PROJECT);
  }
}
