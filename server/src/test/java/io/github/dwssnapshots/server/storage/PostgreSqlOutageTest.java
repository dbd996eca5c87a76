package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.failure;
import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import io.github.dwssnapshots.server.storage.StoreFixture.InPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is unreachable, hangs or closes connections: at start and while serving. */
@Order(1) // waits longest
class PostgreSqlOutageTest {
  private final Postgres server = Postgres.shared();
  private InPostgres database;

  @BeforeEach
  void make() throws SQLException {
    database = InPostgres.fresh();
  }

  private static NewSnapshot snapshot(String name) {
    return StoreFixture.snapshot("p", "c", name);
  }

  /** Closes the server's connections from the database side. */
  private void terminateAll() throws SQLException {
    server.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database.name
            + "'");
  }

  @Test
  void closedConnectionChangesNothingAndIsReplaced() throws Exception {
    try (SnapshotStore store = database.store()) {
      CompletionStage<Optional<UUID>> meanwhile;
      int attempts = 0;
      do { // the store may detect the closed connection before it uses it
        assertTrue(attempts < 5, "no closed connection was used");
        awaitCreated(store, "before-" + attempts);
        terminateAll();
        meanwhile = store.create(snapshot("meanwhile-" + attempts++));
      } while (meanwhile.handle((id, e) -> e == null).toCompletableFuture().get());
      StoreException ended = failure(meanwhile);
      assertEquals(Outcome.NOTHING_CHANGED, ended.outcome(), ended.getMessage());
      awaitCreated(store, "meanwhile-" + (attempts - 1));
    }
  }

  @Test
  void serviceRecoversDespiteSlowLogins() throws Exception {
    try (FreezingProxy proxy = new FreezingProxy(server.port());
        SnapshotStore store =
            new SnapshotStore(InPostgres.open(through(proxy) + "&sslmode=disable"))) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      proxy.delayLogins(Duration.ofMillis(1500));
      terminateAll();
      store.create(snapshot("meanwhile")).handle((id, e) -> e).toCompletableFuture().get();
      awaitFound(store, before);
    }
  }

  @Test
  void unansweredStatementHasUnknownOutcome() throws Exception {
    try (FreezingProxy proxy = new FreezingProxy(server.port());
        SnapshotStore store = new SnapshotStore(InPostgres.open(through(proxy)))) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      proxy.freeze();
      assertEquals(Outcome.UNKNOWN, failure(store.create(snapshot("hanging"))).outcome());
      assertEquals(Outcome.NOTHING_CHANGED, failure(store.create(snapshot("later"))).outcome());
      proxy.thaw();
      awaitFound(store, before);
    }
  }

  private String through(FreezingProxy proxy) {
    return database.url().replace(":" + server.port() + "/", ":" + proxy.port() + "/");
  }

  @Test
  void foreignLockDelaysWritersButNotReaders() throws Exception {
    try (SnapshotStore store = database.store();
        Connection blocker = database.connect()) {
      database.block(blocker);
      StoreException waited = failure(store.create(snapshot("name")));
      assertEquals(Outcome.NOTHING_CHANGED, waited.outcome());
      assertTrue(waited.getMessage().contains("lock timeout"), waited.getMessage());
      assertTrue(get(store.list("p").next()).isEmpty(), "readers are not delayed");
      StoreFixture.execute(blocker, "ROLLBACK");
      assertTrue(get(store.create(snapshot("name"))).isPresent());
    }
  }

  @Test
  void startWaitsForAnUnreachableDatabase() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    PostgreSqlAddress address =
        new PostgreSqlAddress(
            "jdbc:postgresql://127.0.0.1:" + port + "/x", Optional.empty(), Optional.empty());
    long began = System.nanoTime();
    String message =
        assertThrows(
                IOException.class,
                () -> PostgreSql.open(address, Duration.ofSeconds(1), Schema.POSTGRESQL))
            .getMessage();
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    assertTrue(millis >= 1000 && millis < 3000, "took " + millis);
    assertTrue(message.contains("cannot be used: Connection refused"), message);
  }

  @Test
  void startContinuesWhenTheDatabaseResponds(@TempDir Path folder) throws Exception {
    try (Postgres own = new Postgres(folder)) {
      own.stop();
      CompletableFuture<String> existing = started(own.url("postgres"));
      CompletableFuture<String> missing = started(own.url("nowhere"));
      Thread.sleep(500);
      assertFalse(existing.isDone() || missing.isDone());
      own.startAgain();
      assertEquals("started", existing.get(10, TimeUnit.SECONDS));
      String rejected = missing.get(10, TimeUnit.SECONDS);
      assertTrue(rejected.contains("does not exist"), rejected);
    }
  }

  private static CompletableFuture<String> started(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            PostgreSqlAddress address =
                new PostgreSqlAddress(url, Optional.empty(), Optional.empty());
            PostgreSql.open(address, Duration.ofSeconds(30), Schema.POSTGRESQL).close();
            return "started";
          } catch (IOException e) {
            return e.getMessage();
          }
        },
        task -> new Thread(task).start());
  }

  @Test
  void outageFailsFastAndServiceRecovers(@TempDir Path folder) throws Exception {
    try (Postgres own = new Postgres(folder);
        SnapshotStore store = new SnapshotStore(InPostgres.open(own.url("postgres")))) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      own.stop();
      failure(store.create(snapshot("meanwhile"))); // detects the closed connection
      assertFailsFast(store, 10_000);
      long probes =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("database-probe"))
              .count();
      assertTrue(probes < 5, probes + " threads probe"); // other tests run at the same time
      own.startAgain();
      awaitFound(store, before);
      assertTrue(get(store.create(snapshot("after"))).isPresent());
      assertTrue(get(store.create(snapshot("Before"))).isEmpty());
    }
  }

  private static void awaitFound(SnapshotStore store, UUID id) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    Optional<Snapshot> found = Optional.empty();
    while (found.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(50);
      found = get(store.find("p", id).exceptionally(e -> Optional.empty()));
    }
    assertTrue(found.isPresent());
  }

  private static void awaitCreated(SnapshotStore store, String name) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    Optional<UUID> created = Optional.empty();
    while (created.isEmpty() && System.nanoTime() < deadline) {
      created = get(store.create(snapshot(name)).exceptionally(e -> Optional.empty()));
    }
    assertTrue(created.isPresent());
  }

  private static void assertFailsFast(SnapshotStore store, int times) {
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      assertTrue(failure(store.create(snapshot("x"))).getMessage().contains("is unreachable"));
      failure(store.find("p", new UUID(0, 0)));
      failure(store.list("p").next());
      assertTrue(System.nanoTime() - began < 1_000_000_000L, "the failure was not fast");
    }
  }

  @Test
  void hangingDatabaseIsDetectedAndServiceRecovers() throws Exception {
    try (FreezingProxy proxy = new FreezingProxy(server.port());
        SnapshotStore store = new SnapshotStore(InPostgres.open(through(proxy)))) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      proxy.freeze();
      long began = System.nanoTime();
      List<CompletionStage<?>> hanging = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        hanging.add(store.create(snapshot("hanging-" + i)));
        hanging.add(store.find("p", before));
      }
      hanging.forEach(StoreFixture::failure);
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      assertTrue(seconds < 12, "took " + seconds + " s");
      assertFailsFast(store, 100);
      proxy.thaw();
      awaitFound(store, before);
      assertTrue(get(store.create(snapshot("after"))).isPresent());
    }
  }
}
