package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others do to a database that one shares with them, and what if it is away. */
class PostgreSqlTest {
  private final Postgres server = Postgres.shared();
  private String name;

  @BeforeEach
  void make() throws SQLException {
    name = server.freshDatabase();
  }

  private static Database open(String url, Duration patience) throws IOException {
    return PostgreSql.open(PostgreSqlAddress.of(url, Optional.empty(), Optional.empty()), patience);
  }

  private Database open() throws IOException {
    return open(server.url(name), Duration.ZERO);
  }

  private SnapshotStore store() throws IOException {
    return SnapshotStore.in(open(), Duration.ZERO);
  }

  private static NewSnapshot snapshot(String snapshotName) {
    return new NewSnapshot("p", "c", snapshotName, "", 500);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  private static StoreException failure(CompletionStage<?> stage) {
    return assertInstanceOf(
        StoreException.class, assertThrows(ExecutionException.class, () -> get(stage)).getCause());
  }

  private String value(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(name))) {
      return value(connection, query);
    }
  }

  private static String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void acknowledgedIsOnDiskWhateverTheDefaultIs() throws Exception {
    for (String[] setting : new String[][] {{"off", "on"}, {"remote_apply", "remote_apply"}}) {
      server.execute(
          "postgres", "ALTER DATABASE " + name + " SET synchronous_commit = " + setting[0]);
      try (Database database = open();
          Connection connection = database.connect()) {
        assertEquals(setting[1], value(connection, "SHOW synchronous_commit"));
        assertEquals("on", value(connection, "SHOW fsync"));
      }
    }
  }

  @Test
  void whatHasQueuedUpSharesCommits() throws Exception {
    try (SnapshotStore store = store()) {
      List<CompletionStage<?>> created = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        created.add(store.create(snapshot("name-" + i)));
      }
      for (CompletionStage<?> each : created) {
        get(each);
      }
      int commits = Integer.parseInt(value("SELECT count(DISTINCT xmin::text) FROM snapshots"));
      assertTrue(commits < 400, commits + " commits");
    }
  }

  @Test
  void aPageAndItsCountAreOfOneMoment() throws Exception {
    try (Database database = open();
        SnapshotReader reader = new SnapshotReader(database);
        SnapshotStore store = store()) {
      Selection list = new Selection("p", Optional.of("c"), OrderBy.NAME, false);
      for (int i = 0; i < 300; i++) {
        CompletableFuture<?> created = store.create(snapshot("name-" + i)).toCompletableFuture();
        while (!created.isDone()) {
          SnapshotReader.CountedRows page = reader.rows(list, 0, 1000);
          assertEquals(page.count(), page.rows().snapshots().size());
        }
      }
    }
  }

  @Test
  void twoWhoWantTheSameNamesWaitForEachOtherInOneOrder() throws Exception {
    try (SnapshotStore one = store();
        SnapshotStore other = store()) {
      List<UUID> ids = List.of();
      for (int round = 0; round < 20; round++) {
        // Of the names that are being deleted each is wanted again at the same time.
        List<CompletionStage<Boolean>> deleted = new ArrayList<>();
        List<CompletionStage<Optional<UUID>>> created = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          if (i < ids.size()) {
            deleted.add((i % 2 == 0 ? one : other).delete("p", ids.get(i)));
          }
          created.add(one.create(snapshot("name-" + i)));
          created.add(other.create(snapshot("name-" + (199 - i))));
        }
        for (CompletionStage<Boolean> each : deleted) {
          assertTrue(get(each));
        }
        List<UUID> fresh = new ArrayList<>();
        for (CompletionStage<Optional<UUID>> each : created) {
          get(each).ifPresent(fresh::add);
        }
        ids = fresh;
      }
      assertEquals(
          "0", value("SELECT deadlocks FROM pg_stat_database WHERE datname = '" + name + "'"));
    }
  }

  @Test
  void whatGaveWayIsTriedAgainSoOftenAndNothingElseIs() throws Exception {
    try (Database database = open();
        Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      for (String state : List.of("40001", "40P01")) {
        AtomicInteger tries = new AtomicInteger();
        assertEquals(
            3,
            session.<Integer>transaction(
                by -> {
                  if (tries.incrementAndGet() < 3) {
                    raise(by, state);
                  }
                  return tries.get();
                }));
        assertEquals(8, triesUntilItFails(session, state));
      }
      for (String state : List.of("23505", "53100", "55P03")) {
        assertEquals(1, triesUntilItFails(session, state));
      }
      assertEquals(Optional.empty(), database.away());
    }
  }

  private static int triesUntilItFails(Session session, String state) {
    AtomicInteger tries = new AtomicInteger();
    StoreException failed =
        assertThrows(
            StoreException.class,
            () ->
                session.transaction(
                    by -> {
                      tries.incrementAndGet();
                      raise(by, state);
                      return 0;
                    }));
    assertEquals(Outcome.NOTHING_CHANGED, failed.outcome());
    assertEquals("the database failed: ERROR: x (" + state + ")", failed.getMessage());
    return tries.get();
  }

  private static void raise(Connection by, String state) throws SQLException {
    try (Statement statement = by.createStatement()) {
      statement.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + state + "'; END $$");
    }
  }

  @Test
  void whatAClientHasSentIsInNoMessage() throws Exception {
    try (SnapshotStore store = store()) {
      server.execute(
          name, "ALTER TABLE snapshots ADD CHECK (description <> E'x\\n2026 INFO forged')");
      StoreException refused =
          failure(store.create(new NewSnapshot("p", "c", "name", "x\n2026 INFO forged", 500)));
      assertTrue(refused.getMessage().contains("check constraint"), refused.getMessage());
      assertEquals(-1, refused.getMessage().indexOf("forged"));
      assertEquals(1, refused.getMessage().lines().count());
    }
  }

  @Test
  void whatIsLeftOffHalfwayIsNotCommittedByTheNext() throws Exception {
    try (Database database = open();
        Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      assertThrows(
          StackOverflowError.class,
          () ->
              session.transaction(
                  by -> {
                    try (Statement statement = by.createStatement()) {
                      statement.execute("INSERT INTO cluster_counts VALUES (1, 0, 1)");
                    }
                    throw new StackOverflowError();
                  }));
      session.transaction(by -> value(by, "SELECT 1"));
      assertEquals("0", value("SELECT count(*) FROM cluster_counts"));
    }
  }

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
      own.stop();
      failure(store.create(snapshot("meanwhile"))); // this one meets the closed connection
      assertRefusedAtOnce(store, 10_000);
      assertTrue(Thread.getAllStackTraces().size() < 200, "threads pile up");
      own.startAgain();
      Thread.sleep(2000);
      assertTrue(get(store.find("p", before)).isPresent());
      assertTrue(get(store.create(snapshot("after"))).isPresent());
      assertTrue(get(store.create(snapshot("Before"))).isEmpty());
    }
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
      hanging.forEach(PostgreSqlTest::failure);
      long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
      assertTrue(seconds < 12, "took " + seconds + " s");
      assertRefusedAtOnce(store, 100);
      proxy.thaw();
      Thread.sleep(2000);
      assertTrue(get(store.find("p", before)).isPresent());
      assertTrue(get(store.create(snapshot("after"))).isPresent());
    }
  }
}
