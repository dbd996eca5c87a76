package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.jakarta.rs.json.JacksonJsonProvider;
import io.github.dwssnapshots.server.access.AuthenticationFilter;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.access.PermissionFilter;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.config.Storage;
import io.github.dwssnapshots.server.docs.Documentation;
import io.github.dwssnapshots.server.fault.DelayedOperations;
import io.github.dwssnapshots.server.fault.FaultFilter;
import io.github.dwssnapshots.server.fault.Faults;
import io.github.dwssnapshots.server.http.AcceptedFilter;
import io.github.dwssnapshots.server.http.BodyInterceptor;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.http.FailureMapper;
import io.github.dwssnapshots.server.http.HttpFront;
import io.github.dwssnapshots.server.http.Json;
import io.github.dwssnapshots.server.http.MediaTypeFilter;
import io.github.dwssnapshots.server.http.OpenAddresses;
import io.github.dwssnapshots.server.http.PathFilter;
import io.github.dwssnapshots.server.http.QueryFilter;
import io.github.dwssnapshots.server.http.SnapshotListWriter;
import io.github.dwssnapshots.server.list.SendingThreads;
import io.github.dwssnapshots.server.metrics.Metrics;
import io.github.dwssnapshots.server.resource.SnapshotsResource;
import io.github.dwssnapshots.server.storage.Snapshot;
import io.github.dwssnapshots.server.storage.SnapshotCursor;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.glassfish.hk2.utilities.binding.AbstractBinder;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.spi.internal.ResourceMethodInvocationHandlerProvider;

/**
 * A server. Thread-safe. Several can run in one process, on one database or each with its own data
 * directory.
 *
 * <pre>{@code
 * try (SnapshotServer server = SnapshotServer.start(Settings.demo(temporaryFolder))) {
 *   URI uri = server.uri();
 * }
 * }</pre>
 */
public final class SnapshotServer implements AutoCloseable {
  private final HttpFront front;
  private final Faults faults;
  private final List<SendingThreads> threads;
  private final Optional<Metrics> metrics;
  private final SnapshotStore store;

  private SnapshotServer(
      HttpFront front,
      Faults faults,
      List<SendingThreads> threads,
      Optional<Metrics> metrics,
      SnapshotStore store) {
    this.front = front;
    this.faults = faults;
    this.threads = threads;
    this.metrics = metrics;
    this.store = store;
  }

  /**
   * Starts a server. It accepts requests when this method returns.
   *
   * @throws IOException if the storage or the address cannot be used, with a message for users
   */
  public static SnapshotServer start(Settings settings) throws IOException {
    return start(settings, Bounds.ofProcess(settings.tls().isPresent()), Clock.systemUTC());
  }

  static SnapshotServer start(Settings settings, Bounds bounds, Clock clock) throws IOException {
    SnapshotStore store = store(settings);
    Optional<Metrics> metrics = metrics(store);
    try {
      ObjectMapper mapper = Json.mapper();
      SendingThreads lists = new SendingThreads("snapshot-list", 64, 256);
      // Few, apart from those of lists: documents are large, and anybody may request them.
      SendingThreads documents = new SendingThreads("document", 4, 64);
      Documentation documentation =
          new Documentation(settings.demo() ? Optional.of(DemoTenancy.TOKEN) : Optional.empty());
      Faults faults = new Faults();
      faults.set(settings.faults());
      return new SnapshotServer(
          HttpFront.start(
              settings.listen(),
              settings.tls(),
              application(settings, faults, store, lists, mapper, clock),
              new OpenAddresses(documentation, store::notReady, metrics, documents, mapper),
              metrics,
              mapper,
              bounds),
          faults,
          List.of(lists, documents),
          metrics,
          store);
    } catch (Throwable e) {
      metrics.ifPresent(m -> m.close());
      store.close();
      throw e;
    }
  }

  private static Optional<Metrics> metrics(SnapshotStore store) {
    try {
      Metrics metrics = new Metrics();
      register(store, metrics);
      return Optional.of(metrics);
    } catch (LinkageError e) { // Micrometer is optional, and can be another version
      return Optional.empty();
    }
  }

  private static void register(SnapshotStore store, Metrics metrics) {
    metrics.gauge("snapshots.writer.queue", "Changes that wait for a commit", store::waiting);
    metrics.counter("snapshots.commits", "Commits of changes", store::commits);
    metrics.counter("snapshots.changes", "Changes in these commits", store::changes);
    metrics.gauge(
        "snapshots.database.reachable", "1, or 0 in an outage", () -> store.isReachable() ? 1 : 0);
  }

  private static SnapshotStore store(Settings settings) throws IOException {
    if (settings.storage() instanceof Storage.PostgreSql database) {
      return SnapshotStore.inPostgreSql(database.url(), database.user(), database.password());
    }
    if (settings.storage() instanceof Storage.Folder folder) {
      return SnapshotStore.inFolder(folder.path());
    }
    throw new IllegalArgumentException("no store for " + settings.storage());
  }

  /** Registers the checks in the contract's order. */
  private static ResourceConfig application(
      Settings settings,
      Faults faults,
      SnapshotStore store,
      SendingThreads lists,
      ObjectMapper mapper,
      Clock clock) {
    return new ResourceConfig()
        .register(
            new AuthenticationFilter(settings.tenancy(), clock, HttpFront.SENT_HOST), 1) // 401
        .register(new PathFilter(), 2) // 404; then Jersey's routing: 404, 405
        .register(new MediaTypeFilter.SetAside(), 3)
        .register(new PermissionFilter.ForEachOperation(4)) // 403
        .register(new FaultFilter.ForEachOperation(faults, 5))
        .register(new MediaTypeFilter(), 6) // 415, 406
        .register(new QueryFilter(), 7) // 400
        .register(new BodyInterceptor()) // 400
        // 400 for a rule, 404 for the cluster or the snapshot, 400 for an existing name
        .register(SnapshotsResource.class)
        .register(resource(settings, faults, store, lists))
        .register(new AcceptedFilter()) // 202
        .register(new JacksonJsonProvider(mapper))
        .register(new SnapshotListWriter(mapper))
        .register(new FailureMapper())
        .property(ServerProperties.WADL_FEATURE_DISABLE, true)
        .property(ServerProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true)
        .property(ServerProperties.METAINF_SERVICES_LOOKUP_DISABLE, true)
        .property(ServerProperties.BV_FEATURE_DISABLE, true)
        // Allocated for each response; one snapshot fits. Longer ones are sent in chunks.
        .property(ServerProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 2 * 1024)
        .property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
  }

  /**
   * Binds the instance to its class, since Jersey warns about a registered instance (jersey #3700).
   * Uses HK2's binder: those of Jersey 3.1, which Spring Boot selects, and Jersey 4 differ.
   */
  private static AbstractBinder resource(
      Settings settings, Faults faults, SnapshotStore store, SendingThreads lists) {
    return new AbstractBinder() {
      @Override
      protected void configure() {
        bind(new SnapshotsResource(settings.tenancy(), settings.creationTime(), store, lists))
            .to(SnapshotsResource.class);
        bind(faults).to(Faults.class);
        bind(DelayedOperations.class).to(ResourceMethodInvocationHandlerProvider.class);
      }
    };
  }

  /** The faults that this server injects; they can be changed while it runs. */
  public Faults faults() {
    return faults;
  }

  /** Deletes all snapshots of a project. Blocks. */
  void deleteAll(String projectId) {
    SnapshotCursor list = store.list(projectId);
    List<Snapshot> part = list.next().toCompletableFuture().join();
    while (!part.isEmpty()) {
      part.stream()
          .map(snapshot -> store.delete(projectId, snapshot.id()).toCompletableFuture())
          .toList()
          .forEach(CompletableFuture::join);
      part = list.next().toCompletableFuture().join();
    }
  }

  /** Base URI, for example {@code http://127.0.0.1:8080}. */
  public URI uri() {
    return front.uri();
  }

  /** Location of the snapshots, a directory or a database, for users. */
  public String keptIn() {
    return store.toString();
  }

  /** Rejects new requests, waits up to 10 seconds for those in flight, and closes the store. */
  @Override
  public void close() throws IOException {
    try {
      front.close();
    } finally {
      threads.forEach(SendingThreads::close);
      metrics.ifPresent(m -> m.close()); // a method reference would need Micrometer
      store.close();
    }
  }
}
