package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.client.ApiClient;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.server.access.DemoTenancy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL under load, at random moments: acknowledged changes survive, and no row is incomplete.
 * One server on SQLite, and two on one PostgreSQL database. {@code -Dkills=N} sets the number of
 * kills.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS) // the number of kills is configurable
class KillIT {
  private static final int KILLS = Integer.getInteger("kills", 1);
  private static final int CLIENTS = 8;

  private record Sent(String name, String description) {}

  @TempDir Path folder;
  private List<String> environment = List.of();
  private String url = "";

  private final AtomicInteger names = new AtomicInteger();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();

  private static SnapshotsApi client(ServerProcess server) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(server.uri().toString());
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", DemoTenancy.TOKEN));
    return new SnapshotsApi(client);
  }

  private static String create(SnapshotsApi client, Sent sent) throws ApiException {
    Snapshot snapshot =
        new Snapshot()
            .name(sent.name())
            .clusterId(DemoTenancy.CLUSTER)
            .description(sent.description());
    return client
        .createSnapshot(DemoTenancy.PROJECT, new CreateSnapshotBody().snapshot(snapshot))
        .getSnapshot()
        .getId();
  }

  @Test
  void acknowledgedChangesSurviveSigkill() throws Exception {
    url = "jdbc:sqlite:" + folder.resolve("snapshots-data/snapshots.db");
    killAndCheck(1);
  }

  @Test
  void acknowledgedChangesSurviveSigkillOfTwoServers() throws Exception {
    Postgres postgres = Postgres.shared();
    String database = postgres.freshDatabase();
    url = postgres.url(database);
    environment =
        List.of(
            "PGUSER=postgres",
            "SNAPSHOTS_DATABASE=jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database);
    killAndCheck(2);
  }

  private void killAndCheck(int servers) throws Exception {
    Map<String, Sent> acknowledged = new ConcurrentHashMap<>();
    for (int round = 0; round < KILLS; round++) {
      List<ServerProcess> running = new ArrayList<>();
      List<Thread> clients = new ArrayList<>();
      try {
        for (int i = 0; i < servers; i++) {
          running.add(ServerProcess.serving(folder, environment));
        }
        int before = acknowledged.size();
        for (int i = 0; i < CLIENTS; i++) {
          SnapshotsApi client = client(running.get(i % servers));
          clients.add(new Thread(() -> createUntilKilled(client, acknowledged)));
        }
        clients.forEach(Thread::start);
        while (acknowledged.size() < before + 100 && clients.stream().allMatch(Thread::isAlive)) {
          Thread.sleep(10);
        }
        assertTrue(clients.stream().allMatch(Thread::isAlive), "a client ended before the kill");
        for (ServerProcess server : running) {
          Thread.sleep(ThreadLocalRandom.current().nextInt(500));
          server.kill();
        }
        for (Thread client : clients) {
          client.join();
        }
      } finally {
        running.forEach(ServerProcess::close);
      }
      assertEquals(Set.of(), refused);
      assertAllThere(acknowledged);
    }
  }

  private void createUntilKilled(SnapshotsApi client, Map<String, Sent> acknowledged) {
    try {
      while (true) {
        int number = names.incrementAndGet();
        Sent sent = new Sent("Name-" + number, "d-" + number);
        String id = create(client, sent);
        if (number % 3 == 0) {
          client.deleteSnapshot(DemoTenancy.PROJECT, id);
          deleted.add(id);
        } else {
          acknowledged.put(id, sent);
        }
      }
    } catch (ApiException e) {
      if (e.getCode() != 0) { // a response; 0 is a closed connection
        refused.add(e.getResponseBody());
      }
    }
  }

  private void assertAllThere(Map<String, Sent> acknowledged) throws Exception {
    try (ServerProcess server =
        ServerProcess.serving(folder, environment)) { // recovers the database
      Sent any = acknowledged.values().iterator().next();
      try {
        create(client(server), any);
        throw new AssertionError("an acknowledged name is free");
      } catch (ApiException taken) {
        assertTrue(taken.getResponseBody().contains("REF.1001"), taken.getResponseBody());
      }
    }
    Map<String, Sent> kept = kept();
    Set<String> names = new HashSet<>();
    kept.values()
        .forEach(row -> assertTrue(names.add(row.name().toLowerCase(Locale.ROOT)), row.name()));
    acknowledged.forEach((id, sent) -> assertEquals(sent, kept.get(id)));
    deleted.forEach(id -> assertNull(kept.get(id), "a deleted snapshot is back"));
  }

  /** Formats an ID as a UUID; SQLite stores its 16 bytes. */
  private static String uuid(String text) {
    return text.toLowerCase(Locale.ROOT)
        .replaceFirst("^(.{8})(.{4})(.{4})(.{4})(.{12})$", "$1-$2-$3-$4-$5");
  }

  private Map<String, Sent> kept() throws SQLException {
    Map<String, Sent> kept = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (environment.isEmpty()) {
        try (ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
          assertEquals("ok", check.getString(1));
        }
      }
      String id = environment.isEmpty() ? "hex(id)" : "id";
      try (ResultSet rows =
          statement.executeQuery("SELECT " + id + ", name, description FROM snapshots")) {
        while (rows.next()) {
          Sent row = new Sent(rows.getString(2), rows.getString(3));
          assertEquals(row.name().replace("Name", "d"), row.description(), "an incomplete row");
          kept.put(uuid(rows.getString(1)), row);
        }
      }
    }
    return kept;
  }
}
