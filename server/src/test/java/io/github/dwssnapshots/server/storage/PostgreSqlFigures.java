package io.github.dwssnapshots.server.storage;

import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.StorageFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compares the store on PostgreSQL with the usual way: one insert for each request, committed by
 * itself, on a pool of 8 connections. Both fill the same tables, in turn, for 32 and 256 clients.
 * See {@code .github/figures.md} for the command.
 */
public final class PostgreSqlFigures {
  private static final int POOL = 8;
  private static final int ROUNDS = 7;
  private static final long ROUND_NANOS = Duration.ofSeconds(3).toNanos();
  private static final String INSERT =
      """
      INSERT INTO snapshots
        (id, project, cluster, name, description, size_gb, started, finished, fails)
      VALUES (?, 1, 1, ?, '', 500, extract(epoch FROM now()) * 1000, 0, false)
      ON CONFLICT (project, lower(name)) DO NOTHING
      """;

  private final AtomicInteger names = new AtomicInteger();

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("server/target"), "figures").toAbsolutePath();
    try (Postgres postgres = new Postgres(folder)) {
      String url = postgres.url(postgres.freshDatabase());
      try (SnapshotStore store =
          SnapshotStore.inPostgreSql(url, Optional.empty(), Optional.empty())) {
        PostgreSqlFigures figures = new PostgreSqlFigures();
        figures.compare(url, store, 32);
        figures.compare(url, store, 256);
      }
    } finally {
      StorageFigures.delete(folder);
    }
  }

  private void compare(String url, SnapshotStore store, int clients) throws Exception {
    List<Integer> pooled = new ArrayList<>();
    List<Integer> ours = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      pooled.add(pooled(url));
      ours.add(grouped(store, clients));
    }
    double seconds = ROUND_NANOS / 1e9;
    int each = median(pooled);
    int together = median(ours);
    System.out.printf(
        Locale.ROOT,
        "%d clients: pool of %d %.0f/s, ours %.0f/s, ratio %.2f%n",
        clients,
        POOL,
        each / seconds,
        together / seconds,
        together / (double) each);
  }

  private static int median(List<Integer> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** Always has a request for each connection; more clients would only wait. */
  private int pooled(String url) throws Exception {
    AtomicInteger created = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    long end = System.nanoTime() + ROUND_NANOS;
    for (int i = 0; i < POOL; i++) {
      threads.add(new Thread(() -> insert(url, end, created)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    return created.get();
  }

  private void insert(String url, long end, AtomicInteger created) {
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      while (System.nanoTime() < end) {
        insert.setObject(1, UUID.randomUUID());
        insert.setString(2, "name-" + names.incrementAndGet());
        created.addAndGet(insert.executeUpdate());
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private int grouped(SnapshotStore store, int clients) throws InterruptedException {
    AtomicInteger created = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(clients);
    long end = System.nanoTime() + ROUND_NANOS;
    for (int i = 0; i < clients; i++) {
      create(store, end, created, running);
    }
    running.await();
    return created.get();
  }

  private void create(
      SnapshotStore store, long end, AtomicInteger created, CountDownLatch running) {
    String name = "name-" + names.incrementAndGet();
    var unused =
        store
            .create(StoreFixture.snapshot("p", "c", name))
            .whenComplete(
                (id, failure) -> {
                  if (failure != null || System.nanoTime() > end) {
                    running.countDown();
                    return;
                  }
                  created.addAndGet(id.isPresent() ? 1 : 0);
                  create(store, end, created, running);
                });
  }
}
