package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.failure;
import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static io.github.dwssnapshots.server.storage.StoreFixture.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.Postgres;
import io.github.dwssnapshots.server.storage.Database.Deletion;
import io.github.dwssnapshots.server.storage.Database.Insertion;
import io.github.dwssnapshots.server.storage.StoreFixture.InPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the store takes changes, found out without traffic. */
@Order(2) // waits long
class ReadinessTest {
  private static void await(SnapshotStore store, Optional<String> notReady) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!get(store.notReady()).equals(notReady)) {
      if (System.nanoTime() > deadline) {
        assertEquals(notReady, get(store.notReady()));
      }
      Thread.sleep(50);
    }
  }

  @ParameterizedTest
  @EnumSource
  void storeThatCannotWriteIsNotReady(DatabaseKind kind, @TempDir Path folder) throws Exception {
    StoreFixture database = StoreFixture.of(kind, folder);
    try (SnapshotStore store = database.store()) {
      assertEquals(Optional.empty(), get(store.notReady()));
      try (Connection blocker = database.connect()) {
        database.block(blocker);
        failure(store.create(snapshot("p", "c", "name")));
        await(store, Optional.of("the storage fails"));
      }
      await(store, Optional.empty());
      assertEquals(0, database.number("SELECT count(*) FROM snapshots"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readyStoreIsNotWrittenTo(DatabaseKind kind, @TempDir Path folder) throws Exception {
    StoreFixture database = StoreFixture.of(kind, folder);
    try (SnapshotStore store = database.store()) {
      for (int i = 0; i < 12; i++) {
        assertEquals(Optional.empty(), get(store.notReady()));
        Thread.sleep(100);
      }
      assertEquals(0, database.number("SELECT count(*) FROM projects"));
    }
  }

  /** A full disk rejects insertions only: a deletion that finds nothing writes nothing. */
  @ParameterizedTest
  @EnumSource
  void changeWithoutEffectIsNoRecovery(DatabaseKind kind, @TempDir Path folder) throws Exception {
    StoreFixture database = StoreFixture.of(kind, folder);
    Insertion insertion = new Insertion(UUID.randomUUID(), snapshot("p", "c", "name"));
    try (Database data = database.open();
        SnapshotWriter writer = new SnapshotWriter(data)) {
      try (Connection blocker = database.connect()) {
        database.block(blocker);
        failure(writer.write(insertion));
      }
      assertFalse(get(writer.write(new Deletion("p", UUID.randomUUID()))));
      assertTrue(writer.isFailing());
      assertTrue(get(writer.write(insertion)));
      assertFalse(writer.isFailing());
    }
  }

  @Test
  void unreachableDatabaseIsNoticedWithoutTraffic() throws Exception {
    int port = Postgres.shared().port();
    try (FreezingProxy proxy = new FreezingProxy(port)) {
      String url = InPostgres.fresh().url().replace(":" + port + "/", ":" + proxy.port() + "/");
      try (SnapshotStore store = new SnapshotStore(InPostgres.open(url))) {
        proxy.freeze();
        await(store, Optional.of("the database is unreachable"));
        proxy.thaw();
        await(store, Optional.empty());
      }
    }
  }
}
