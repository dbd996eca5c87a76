package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static io.github.dwssnapshots.server.storage.StoreFixture.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.Database.Insertion;
import io.github.dwssnapshots.server.storage.StoreFixture.InPostgres;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A PostgreSQL database with settings, tables and roles of its owner. */
class PostgreSqlTest {
  private final Postgres server = Postgres.shared();
  private InPostgres database;

  @BeforeEach
  void make() throws SQLException {
    database = InPostgres.fresh();
  }

  @Test
  void weakDefaultsOfTheDatabaseAreOverridden() throws Exception {
    String[][] settings = {
      {"synchronous_commit", "off", "on"},
      {"synchronous_commit", "remote_apply", "remote_apply"},
      {"default_transaction_isolation", "serializable", "read committed"},
    };
    for (String[] setting : settings) {
      server.execute(
          "postgres",
          "ALTER DATABASE " + database.name + " SET " + setting[0] + " = '" + setting[1] + "'");
      try (Database open = database.open();
          Session writer = new Session(open)) {
        open.insert(writer, List.of(new Insertion(UUID.randomUUID(), snapshot("p", "c", "name"))));
        String shown = "SHOW " + setting[0];
        assertEquals(
            setting[2] + "\n",
            writer.run(session -> StoreFixture.lines(session.connection(), shown)));
      }
    }
  }

  @Test
  void emptiedDatabaseAcceptsNewSnapshots() throws Exception {
    try (SnapshotStore store = database.store()) {
      assertTrue(get(store.create(snapshot("p", "c", "before"))).isPresent());
      server.execute(
          database.name,
          "TRUNCATE snapshots, clusters, projects",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + database.name
              + "' AND pid <> pg_backend_pid()");
      Thread.sleep(600); // until the closed connections are detected
      assertTrue(get(store.create(snapshot("p", "c", "after"))).isPresent());
      assertEquals(1, get(store.list("p").next()).size());
    }
  }

  @Test
  void messagesOmitDataOfTheClient() throws Exception {
    try (SnapshotStore store = database.store()) {
      database.execute("ALTER TABLE snapshots ADD CHECK (description <> E'x\\n2026 INFO forged')");
      NewSnapshot forged =
          new NewSnapshot("p", "c", "name", "x\n2026 INFO forged", 500, Duration.ZERO, false);
      StoreException refused = StoreFixture.failure(store.create(forged));
      assertTrue(refused.getMessage().contains("check constraint"), refused.getMessage());
      assertEquals(-1, refused.getMessage().indexOf("forged"));
      assertEquals(1, refused.getMessage().lines().count());
    }
  }

  @Test
  void failureWithoutAMessageIsNamedByItsClass() {
    SQLException broken = new SQLException("I/O error", "08006", new EOFException());
    assertEquals("EOFException", Reason.of(broken));
  }

  private static void assertRefused(String why, String url) {
    String message = assertThrows(IOException.class, () -> InPostgres.open(url)).getMessage();
    assertTrue(message.contains(why), message);
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void rejectedLoginNamesTheCredentialVariables() {
    assertRefused("\"nowhere\" does not exist", server.url("nowhere"));
    String unknown = database.url().replace("user=postgres", "user=unknown&password=secret");
    assertRefused("role \"unknown\" does not exist", unknown);
    assertRefused("PGUSER and PGPASSWORD", unknown);
  }

  @Test
  void databaseNotInUtf8IsRejected() throws SQLException {
    server.execute(
        "postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    assertRefused("the encoding of the database is LATIN1, not UTF8", server.url("latin"));
  }

  @Test
  void readOnlyDatabaseIsRejected() throws Exception {
    InPostgres.open(database.url()).close();
    assertRefused("read-only", database.url() + "&options=-c%20default_transaction_read_only=on");
  }

  @Test
  void tablesOfOtherProgramsDoNotInterfere() throws Exception {
    database.execute("CREATE TABLE theirs (x INT)", "CREATE TABLE flyway_schema_history (x INT)");
    InPostgres.open(database.url()).close();
    database.execute("CREATE SCHEMA other");
    String other = database.url() + "&currentSchema=other";
    try (SnapshotStore store = new SnapshotStore(InPostgres.open(other))) {
      assertTrue(get(store.create(snapshot("p", "c", "name"))).isPresent());
    }
    assertEquals(0, database.number("SELECT count(*) FROM public.snapshots"));
    database.execute("CREATE SCHEMA app_1", "CREATE SCHEMA appx1");
    database.execute("CREATE TABLE appx1.snapshots (x INT)");
    InPostgres.open(database.url() + "&currentSchema=app_1").close();
  }

  @Test
  void documentedGrantsAreSufficient() throws Exception {
    String role = "role_" + database.name;
    database.execute("CREATE ROLE " + role + " LOGIN");
    String url = database.url().replace("user=postgres", "user=" + role);
    assertRefused("permission denied", url);
    InPostgres.open(database.url()).close();
    assertRefused("permission denied", url);
    List<String> grants =
        Files.readAllLines(Path.of("..", ".github", "postgresql.md")).stream()
            .filter(line -> line.startsWith("    GRANT "))
            .map(line -> line.strip().replace(" TO app;", " TO " + role))
            .toList();
    database.execute(grants.toArray(String[]::new));
    try (SnapshotStore store = new SnapshotStore(InPostgres.open(url))) {
      UUID id = get(store.create(snapshot("p", "c", "name"))).orElseThrow();
      assertTrue(get(store.delete("p", id)));
    }
  }
}
