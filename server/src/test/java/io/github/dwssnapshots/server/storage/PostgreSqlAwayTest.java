package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is away, hangs, or is cut off: at the start, in a commit, and after it. */
class PostgreSqlAwayTest extends OnPostgreSql {
  @Test
  void aCommitThatIsNotAnsweredMayHaveHappened() throws Exception {
    try (Database database = open()) {
      assertEquals(Outcome.UNKNOWN, outcome(database, this::killAfterward));
      assertEquals(
          Outcome.NOTHING_CHANGED, outcome(database, by -> killAfterward(by) + killAfterward(by)));
      assertEquals(Optional.empty(), database.away(), "the others are let in");
    }
  }

  private static Outcome outcome(Database database, Session.Work<Integer> work) {
    try (Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      return assertThrows(StoreException.class, () -> session.transaction(work)).outcome();
    }
  }

  private int killAfterward(Connection by) throws SQLException {
    value(by, "SELECT 1");
    server.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    return 0;
  }

  @Test
  void aServerThatStopsInTheMiddleHoldsUpNobodyForLong() throws Exception {
    try (Database database = open();
        Connection stopped = database.connect();
        SnapshotStore store = store()) {
      stopped.setAutoCommit(false);
      try (Statement statement = stopped.createStatement()) {
        statement.execute("LOCK TABLE snapshots IN EXCLUSIVE MODE");
      }
      StoreException waited = failure(store.create(snapshot("name")));
      assertEquals(Outcome.NOTHING_CHANGED, waited.outcome());
      assertTrue(waited.getMessage().contains("lock timeout"), waited.getMessage());
      assertTrue(get(store.list("p").next()).isEmpty(), "who reads is not held up");
      long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      Optional<UUID> created = Optional.empty();
      while (created.isEmpty() && System.nanoTime() < deadline) {
        created = get(store.create(snapshot("name")).exceptionally(e -> Optional.empty()));
      }
      assertTrue(created.isPresent());
    }
  }

  @Test
  void aDatabaseWithoutRoomIsToldAtTheStartAndIsNotAwayLater() throws Exception {
    server.execute(name, "CREATE ROLE few_" + name + " LOGIN SUPERUSER CONNECTION LIMIT 6");
    server.execute(
        name,
        "ALTER ROLE few_" + name + " NOSUPERUSER",
        "GRANT ALL ON SCHEMA public TO few_" + name);
    String url = server.url(name).replace("user=postgres", "user=few_" + name);
    try (SnapshotStore first = SnapshotStore.in(open(url, Duration.ZERO), Duration.ZERO)) {
      String message = assertThrows(IOException.class, () -> open(url, Duration.ZERO)).getMessage();
      assertTrue(message.contains("too many connections"), message);
      for (int i = 0; i < 100; i++) {
        assertTrue(get(first.create(snapshot("name-" + i))).isPresent());
      }
    }
  }

  @Test
  void oneThatIsAwayAtStartIsWaitedForUpToABound() throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/x";
    long began = System.nanoTime();
    String message =
        assertThrows(IOException.class, () -> open(url, Duration.ofSeconds(1))).getMessage();
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    assertTrue(millis >= 1000 && millis < 3000, "took " + millis);
    assertTrue(message.contains("did not come within 1 seconds: Connection refused"), message);
  }

  @Test
  void oneThatGoesAndComesBackIsServedAgainByItself(@TempDir Path folder) throws Exception {
    try (Postgres own = new Postgres(folder);
        SnapshotStore store =
            SnapshotStore.in(open(own.url("postgres"), Duration.ZERO), Duration.ZERO)) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      int threads = Thread.getAllStackTraces().size();
      own.stop();
      failure(store.create(snapshot("meanwhile"))); // this one meets the closed connection
      assertRefusedAtOnce(store, 10_000);
      assertTrue(Thread.getAllStackTraces().size() < threads + 20, "threads pile up");
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

  private static void assertRefusedAtOnce(SnapshotStore store, int times) {
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      assertTrue(failure(store.create(snapshot("x"))).getMessage().contains("is out of reach"));
      failure(store.find("p", new UUID(0, 0)));
      failure(store.list("p").next());
      assertTrue(System.nanoTime() - began < 1_000_000_000L, "not at once");
    }
  }

  @Test
  void oneThatHangsIsNoticedInTimeAndServedAgainByItself() throws Exception {
    try (FreezingProxy proxy = new FreezingProxy(server.port());
        SnapshotStore store =
            SnapshotStore.in(
                open(
                    "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + name + "?user=postgres",
                    Duration.ZERO),
                Duration.ZERO)) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      proxy.freeze();
      long began = System.nanoTime();
      List<CompletionStage<?>> hanging = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        hanging.add(store.create(snapshot("hanging-" + i)));
        hanging.add(store.find("p", before));
      }
      hanging.forEach(OnPostgreSql::failure);
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      assertTrue(seconds < 12, "took " + seconds + " s");
      assertRefusedAtOnce(store, 100);
      proxy.thaw();
      awaitFound(store, before);
      assertTrue(get(store.create(snapshot("after"))).isPresent());
    }
  }
}
