package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.client.ApiClient;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.client.model.SnapshotDetail;
import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two server processes on one PostgreSQL database. */
class SeveralServersIT {
  private static final int CLIENTS = 16;

  @TempDir Path folder;
  private Postgres postgres;
  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    postgres = new Postgres(folder.resolve("postgres"));
    List<String> database =
        List.of(
            "PGUSER=postgres",
            "SNAPSHOTS_DATABASE=jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres");
    for (int i = 0; i < 2; i++) {
      servers.add(ServerProcess.serving(folder, database));
    }
  }

  @AfterEach
  void stop() throws IOException {
    servers.forEach(ServerProcess::close);
    postgres.close();
  }

  private SnapshotsApi client(int server) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(servers.get(server % servers.size()).uri().toString());
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", DemoTenancy.TOKEN));
    return new SnapshotsApi(client);
  }

  private static String create(SnapshotsApi client, String name) throws ApiException {
    Snapshot snapshot = new Snapshot().name(name).clusterId(DemoTenancy.CLUSTER);
    return client
        .createSnapshot(DemoTenancy.PROJECT, new CreateSnapshotBody().snapshot(snapshot))
        .getSnapshot()
        .getId();
  }

  private interface Client {
    void run() throws Exception;
  }

  /** Runs the clients concurrently and fails with the first failure. */
  private static void together(List<Client> clients) throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (Client client : clients) {
      threads.add(
          new Thread(
              () -> {
                try {
                  client.run();
                } catch (Throwable e) { // includes failed assertions
                  failures.add(e);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " clients failed", failures.peek());
    }
  }

  @Test
  void nameIsUniqueAcrossServers() throws Exception {
    int names = Integer.getInteger("names", 100);
    AtomicInteger created = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      SnapshotsApi client = client(i);
      clients.add(
          () -> {
            for (int name = 0; name < names; name++) {
              try {
                create(client, "name-" + name);
                created.incrementAndGet();
              } catch (ApiException e) {
                assertTrue(e.getResponseBody().contains("REF.1001"), e.getResponseBody());
                taken.incrementAndGet();
              }
            }
          });
    }
    together(clients);
    assertEquals(names, created.get());
    assertEquals((CLIENTS - 1) * names, taken.get());
    assertEquals(names, client(0).listSnapshots(DemoTenancy.PROJECT).getCount());
    assertEquals(names, kept().size());
  }

  @Test
  void changesAreVisibleThroughTheOtherServer() throws Exception {
    String id = create(client(0), "round");
    SnapshotDetail shown = client(1).showSnapshot(DemoTenancy.PROJECT, id).getSnapshot();
    assertEquals("CREATING", shown.getStatus());
    for (int server = 0; shown.getStatus().equals("CREATING"); server++) {
      Thread.sleep(100);
      shown = client(server).showSnapshot(DemoTenancy.PROJECT, id).getSnapshot();
    }
    for (int server = 0; server < 10; server++) { // it stays AVAILABLE on both servers
      assertEquals(shown, client(server).showSnapshot(DemoTenancy.PROJECT, id).getSnapshot());
    }
    assertEquals(List.of(shown), client(0).listSnapshots(DemoTenancy.PROJECT).getSnapshots());
    client(1).deleteSnapshot(DemoTenancy.PROJECT, id);
    ApiException deleted =
        assertThrows(ApiException.class, () -> client(0).showSnapshot(DemoTenancy.PROJECT, id));
    assertEquals(404, deleted.getCode());
    create(client(0), "ROUND");
  }

  @Tag("thorough")
  @Test
  void databaseRestartsLoseNoAcknowledgedCreation() throws Exception {
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    AtomicInteger unavailable = new AtomicInteger();
    Set<String> unsure = ConcurrentHashMap.newKeySet();
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger names = new AtomicInteger();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      SnapshotsApi client = client(i);
      clients.add(
          () -> {
            while (!enough.get()) {
              String name = "name-" + names.incrementAndGet();
              try {
                acknowledged.put(create(client, name), name);
              } catch (ApiException e) {
                assertEquals(503, e.getCode(), e.getMessage());
                assertTrue(e.getResponseHeaders().firstValue("Retry-After").isPresent());
                if (!e.getResponseBody().contains("nothing was changed")) {
                  unsure.add(name);
                }
                unavailable.incrementAndGet();
                Thread.sleep(50); // less than Retry-After asks for
              }
            }
          });
    }
    clients.add(
        () -> {
          try {
            for (int round = 0; round < 4; round++) {
              await(acknowledged, 200);
              if (round % 2 == 0) {
                postgres.stop();
              } else {
                postgres.kill();
              }
              Thread.sleep(1000);
              postgres.startAgain();
              long began = System.nanoTime();
              await(acknowledged, 1);
              assertTrue(
                  System.nanoTime() - began < 2_000_000_000L, "service did not recover in 2 s");
            }
            await(acknowledged, 200);
          } finally {
            enough.set(true);
          }
        });
    together(clients);
    Map<String, String> kept = kept();
    acknowledged.forEach(
        (id, name) -> assertEquals(name, kept.get(id), "an acknowledged snapshot is lost"));
    kept.forEach(
        (id, name) -> assertTrue(acknowledged.containsKey(id) || unsure.contains(name), name));
    assertTrue(unavailable.get() > 0, "no request failed");
    for (ServerProcess server : servers) {
      assertTrue(server.errors().contains(" is unreachable: "));
      assertTrue(server.errors().contains(" is reachable again after "));
    }
  }

  private static void await(Map<String, String> acknowledged, int more) throws Exception {
    int before = acknowledged.size();
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (acknowledged.size() < before + more) {
      assertTrue(System.nanoTime() < deadline, "no creation succeeded in 30 s");
      Thread.sleep(5);
    }
  }

  private Map<String, String> kept() throws SQLException {
    Map<String, String> kept = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(postgres.url("postgres"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, name FROM snapshots")) {
      while (rows.next()) {
        kept.put(rows.getString(1), rows.getString(2));
      }
    }
    return kept;
  }
}
