package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is only so on PostgreSQL: who may connect, who else is there, and what if it is not. */
class PostgreSqlTest {
  private final Postgres server = Postgres.shared();
  private String name;

  @BeforeEach
  void make() throws SQLException {
    name = server.freshDatabase();
  }

  private static PostgreSqlAddress address(String url) throws IOException {
    return PostgreSqlAddress.of(url, Optional.empty(), Optional.empty());
  }

  private static Database open(String url) throws IOException {
    return PostgreSql.open(address(url), Duration.ZERO);
  }

  private static String refusal(String url) {
    String message = assertThrows(IOException.class, () -> open(url)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("secret"), message);
    return message;
  }

  private static NewSnapshot snapshot(String snapshotName) {
    return new NewSnapshot("p", "c", snapshotName, "", 500);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://localhost/x?password=secret",
        "jdbc:sqlite:secret",
        "jdbc:postgresql://user:secret@localhost/x",
        "jdbc:postgresql://localhost?password=secret",
        "jdbc:postgresql://localhost/a/b?password=secret",
        "jdbc:postgresql://localhost:99999/x?password=secret",
        "jdbc:postgresql://localhost:secret/x",
        "jdbc:postgresql://localhost/x?password=secret%zz",
        ""
      })
  void whatIsNoAddressIsRefusedWithoutItsPassword(String url) {
    assertTrue(refusal(url).contains("jdbc:postgresql://localhost:5432/snapshots"), url);
  }

  @Test
  void theUrlGoesBeforeTheEnvironmentAndOnlyTheAddressIsTold() throws IOException {
    PostgreSqlAddress address =
        PostgreSqlAddress.of(
            "jdbc:postgresql://one,two:1/n?user=from-url&socketTimeout=77",
            Optional.of("u"),
            Optional.of("secret"));
    assertEquals("from-url", address.source().getUser());
    assertEquals("secret", address.source().getPassword());
    assertEquals(77, address.source().getSocketTimeout());
    assertEquals(1, address.impatientSource().getSocketTimeout());
    assertEquals("one,two:5432,1/n", address.toString());
  }

  @Test
  void whoIsNotLetInIsToldAtOnce() throws SQLException {
    assertTrue(refusal(server.url("nowhere")).contains("\"nowhere\" does not exist"));
    String nobody = server.url(name).replace("user=postgres", "user=nobody&password=secret");
    assertTrue(refusal(nobody).contains("\"nobody\" does not exist"), nobody);
  }

  @Test
  void aDatabaseThatCannotKeepEachTextIsRefused() throws SQLException {
    server.execute(
        "postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    assertTrue(refusal(server.url("latin")).contains("has the encoding LATIN1"));
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    open(server.url(name)).close();
    server.execute(name, "UPDATE snapshots_schema_history SET version = '99'");
    assertTrue(refusal(server.url(name)).contains("newer server"));
  }

  @Test
  void theTablesOfOthersAreNoObstacle() throws Exception {
    server.execute(
        name, "CREATE TABLE theirs (x INT)", "CREATE TABLE flyway_schema_history (x INT)");
    open(server.url(name)).close();
    open(server.url(name)).close();
  }

  @Test
  void aRoleThatMayMakeNoTablesWorksOnceTheyAreThere() throws Exception {
    server.execute(name, "CREATE ROLE app_" + name + " LOGIN");
    String url = server.url(name).replace("user=postgres", "user=app_" + name);
    assertTrue(refusal(url).contains("this role may not make them"));
    open(server.url(name)).close();
    server.execute(
        name,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON snapshots, cluster_counts TO app_" + name,
        "GRANT SELECT ON snapshots_schema_history TO app_" + name);
    try (SnapshotStore store = new SnapshotStore(open(url), Duration.ZERO)) {
      UUID id = get(store.create(snapshot("name"))).orElseThrow();
      assertTrue(get(store.find("p", id)).isPresent());
      assertTrue(get(store.delete("p", id)));
    }
  }

  @Test
  void serversThatStartTogetherOnAnEmptyDatabaseAllStart() throws Exception {
    List<CompletableFuture<Database>> opened = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      opened.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return open(server.url(name));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task).start()));
    }
    for (CompletableFuture<Database> each : opened) {
      each.get().close();
    }
  }

  @Test
  void theMigrationsAreThoseOfTheFolder() throws IOException {
    Path folder = Path.of("src/main/resources/io/github/dwssnapshots/server/db/postgresql");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(PostgreSqlSchema.VERSION, files.count());
    }
  }

  @Test
  void theTablesHaveTheColumnsOfSqlite(@TempDir Path folder) throws Exception {
    open(server.url(name)).close();
    DataFolder.open(folder, Clock.systemUTC()).close();
    for (String table : List.of("snapshots", "cluster_counts")) {
      try (Connection postgres = DriverManager.getConnection(server.url(name));
          Connection sqlite =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("snapshots.db"))) {
        assertEquals(columns(sqlite, table), columns(postgres, table));
      }
    }
  }

  private static Map<String, Integer> columns(Connection connection, String table)
      throws SQLException {
    Map<String, Integer> columns = new HashMap<>();
    try (ResultSet rows = connection.getMetaData().getColumns(null, null, table, "%")) {
      while (rows.next()) {
        columns.put(rows.getString("COLUMN_NAME"), rows.getInt("NULLABLE"));
      }
    }
    return columns;
  }

  @Test
  void acknowledgedIsOnDiskWhateverTheDefaultIs() throws Exception {
    server.execute("postgres", "ALTER DATABASE " + name + " SET synchronous_commit = off");
    try (Database database = open(server.url(name));
        Connection connection = database.connect()) {
      assertEquals("on", setting(connection, "synchronous_commit"));
      assertEquals("on", setting(connection, "fsync"));
    }
    server.execute("postgres", "ALTER DATABASE " + name + " SET synchronous_commit = remote_apply");
    try (Database database = open(server.url(name));
        Connection connection = database.connect()) {
      assertEquals("remote_apply", setting(connection, "synchronous_commit"));
    }
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aPageAndItsCountAreOfOneMoment() throws Exception {
    try (Database database = open(server.url(name));
        Session reader = new Session(database, Connection.TRANSACTION_REPEATABLE_READ);
        BatchWriter writer = new BatchWriter(database, Duration.ZERO)) {
      writer.write(List.of(), List.of(snapshot("first")));
      List<String> counts =
          reader.run(
              by -> {
                by.setAutoCommit(false);
                String before = count(by);
                writer.write(List.of(), List.of(snapshot("second")));
                String after = count(by);
                by.setAutoCommit(true);
                return List.of(before, after, count(by));
              });
      assertEquals(List.of("1", "1", "2"), counts);
    }
  }

  private static String count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sum(snapshots) FROM cluster_counts")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void whatGaveWayIsTriedAgainSoOftenAndNothingElseIs() throws Exception {
    try (Database database = open(server.url(name));
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
        tries.set(0);
        assertFails(session, tries, state);
        assertEquals(8, tries.get());
      }
      for (String state : List.of("23505", "53100", "55P03")) {
        AtomicInteger tries = new AtomicInteger();
        assertFails(session, tries, state);
        assertEquals(1, tries.get());
      }
      assertEquals(Optional.empty(), database.away());
    }
  }

  private static void assertFails(Session session, AtomicInteger tries, String state) {
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
  }

  private static void raise(Connection by, String state) throws SQLException {
    try (Statement statement = by.createStatement()) {
      statement.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + state + "'; END $$");
    }
  }

  @Test
  void aCommitThatIsNotAnsweredMayHaveHappened() throws Exception {
    try (Database database = open(server.url(name))) {
      assertEquals(Outcome.UNKNOWN, outcome(database, by -> killAfter(by, "SELECT 1")));
    }
    try (Database database = open(server.url(name))) {
      assertEquals(
          Outcome.NOTHING_CHANGED,
          outcome(database, by -> killAfter(by, "SELECT 1") + killAfter(by, "SELECT 1")));
    }
  }

  private static Outcome outcome(Database database, Session.Work<Integer> work) {
    try (Session session = new Session(database, Connection.TRANSACTION_READ_COMMITTED)) {
      return assertThrows(StoreException.class, () -> session.transaction(work)).outcome();
    }
  }

  private int killAfter(Connection by, String sql) throws SQLException {
    try (Statement statement = by.createStatement()) {
      statement.execute(sql);
    }
    killOthers();
    return 0;
  }

  private void killOthers() throws SQLException {
    server.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
  }

  @Test
  void aServerThatStopsInTheMiddleHoldsUpNobodyForLong() throws Exception {
    try (Database database = open(server.url(name));
        Connection stopped = database.connect();
        SnapshotStore store = new SnapshotStore(open(server.url(name)), Duration.ZERO)) {
      stopped.setAutoCommit(false);
      try (Statement statement = stopped.createStatement()) {
        statement.execute("LOCK TABLE snapshots IN EXCLUSIVE MODE");
      }
      ExecutionException waited =
          assertThrows(ExecutionException.class, () -> get(store.create(snapshot("name"))));
      assertEquals(
          Outcome.NOTHING_CHANGED,
          assertInstanceOf(StoreException.class, waited.getCause()).outcome());
      assertTrue(get(store.list("p").next()).isEmpty(), "who reads is not held up");
      long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      Optional<UUID> created = Optional.empty();
      while (created.isEmpty() && System.nanoTime() < deadline) {
        created =
            store
                .create(snapshot("name"))
                .toCompletableFuture()
                .exceptionally(e -> Optional.empty())
                .get();
      }
      assertTrue(created.isPresent());
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
        assertThrows(IOException.class, () -> PostgreSql.open(address(url), Duration.ofSeconds(1)))
            .getMessage();
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    assertTrue(millis >= 1000 && millis < 3000, "took " + millis);
    assertTrue(message.contains("did not come within 1 seconds"), message);
    assertTrue(message.contains("refused"), message);
  }

  @Test
  void oneThatGoesAndComesBackIsServedAgainByItself(@TempDir Path folder) throws Exception {
    try (Postgres own = new Postgres(folder);
        SnapshotStore store = new SnapshotStore(open(own.url("postgres")), Duration.ZERO)) {
      UUID before = get(store.create(snapshot("before"))).orElseThrow();
      own.stop();
      assertRefused(store); // this one meets the closed connection
      for (int i = 0; i < 20_000; i++) {
        long began = System.nanoTime();
        assertRefused(store);
        assertTrue(System.nanoTime() - began < 1_000_000_000L, "not at once");
      }
      assertTrue(Thread.getAllStackTraces().size() < 200, "threads pile up");
      own.startAgain();
      Thread.sleep(2000);
      assertTrue(get(store.find("p", before)).isPresent());
      assertTrue(get(store.create(snapshot("after"))).isPresent());
      assertTrue(get(store.create(snapshot("Before"))).isEmpty());
    }
  }

  private static void assertRefused(SnapshotStore store) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> get(store.create(snapshot("meanwhile"))));
    assertInstanceOf(StoreException.class, failed.getCause());
    assertThrows(ExecutionException.class, () -> get(store.find("p", new UUID(0, 0))));
    assertThrows(ExecutionException.class, () -> get(store.list("p").next()));
  }
}
