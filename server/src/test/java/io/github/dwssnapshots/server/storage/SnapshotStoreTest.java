package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations of the store, on each database. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SnapshotStoreTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws SQLException {
    database = StoreFixture.of(kind, folder);
  }

  private SnapshotStore open() throws IOException {
    return database.store();
  }

  private static NewSnapshot snapshot(String project, String name) {
    return StoreFixture.snapshot(project, "c", name);
  }

  private static Optional<UUID> create(SnapshotStore store, NewSnapshot snapshot) throws Exception {
    return store.create(snapshot).toCompletableFuture().get();
  }

  private static Optional<Snapshot> find(SnapshotStore store, String project, UUID id)
      throws Exception {
    return store.find(project, id).toCompletableFuture().get();
  }

  private static boolean delete(SnapshotStore store, String project, UUID id) throws Exception {
    return store.delete(project, id).toCompletableFuture().get();
  }

  @Test
  void nameIsTakenInItsProjectInAnyCase() throws Exception {
    try (SnapshotStore store = open()) {
      assertTrue(create(store, snapshot("p", "Name")).isPresent());
      assertTrue(create(store, snapshot("p", "nAME")).isEmpty());
      assertTrue(create(store, snapshot("P", "name")).isPresent());
    }
  }

  @Test
  void snapshotIsReadBackUnchanged() throws Exception {
    String text = "\u0001ä\r\n\ud83d\ude00\uffff\u202e".repeat(20);
    NewSnapshot sent = new NewSnapshot("p", "c", "N-1_x", text, 0.1, Duration.ofHours(1), true);
    long before = System.currentTimeMillis() - 1;
    UUID id;
    try (SnapshotStore store = open()) {
      id = create(store, sent).orElseThrow();
    }
    try (SnapshotStore store = open()) {
      Snapshot kept = find(store, "p", id).orElseThrow();
      assertEquals(
          new Snapshot(
              id, "c", "N-1_x", text, 0.1, kept.started(), Optional.empty(), true, kept.seq()),
          kept);
      long started = kept.started().toEpochMilli();
      assertTrue(before <= started && started <= System.currentTimeMillis() + 1, "in milliseconds");
      assertTrue(create(store, snapshot("p", "n-1_X")).isEmpty());
    }
  }

  @Test
  void idIsFoundInItsProjectOnly() throws Exception {
    try (SnapshotStore store = open()) {
      UUID id = create(store, snapshot("p", "name")).orElseThrow();
      assertTrue(find(store, "p", id).isPresent());
      assertTrue(find(store, "q", id).isEmpty());
      assertTrue(find(store, "p", UUID.randomUUID()).isEmpty());
      assertFalse(delete(store, "q", id));
      assertTrue(find(store, "p", id).isPresent());
    }
  }

  @Test
  void idsAreUniqueAndOrderedByTime() throws Exception {
    try (SnapshotStore store = open()) {
      Set<UUID> made = new HashSet<>();
      for (int i = 0; i < 10_000; i++) {
        long before = System.currentTimeMillis();
        UUID id = store.timeOrderedId();
        assertEquals(7, id.version());
        assertEquals(2, id.variant());
        long millis = id.getMostSignificantBits() >>> 16;
        assertTrue(before <= millis && millis <= System.currentTimeMillis());
        made.add(id);
      }
      assertEquals(10_000, made.size());
    }
  }

  @Test
  void deletionIsFinalAndFreesTheName() throws Exception {
    try (SnapshotStore store = open()) {
      UUID first = create(store, snapshot("p", "name")).orElseThrow();
      assertTrue(delete(store, "p", first));
      assertTrue(find(store, "p", first).isEmpty());
      assertFalse(delete(store, "p", first));
      UUID second = create(store, snapshot("p", "NAME")).orElseThrow();
      assertNotEquals(first, second);
      assertFalse(delete(store, "p", first));
      assertTrue(find(store, "p", second).isPresent());
    }
  }

  @Test
  void snapshotFinishesAfterItsCreationTime() throws Exception {
    try (SnapshotStore store = open()) {
      NewSnapshot atOnce = new NewSnapshot("p", "c", "at-once", "", 500, Duration.ZERO, false);
      Snapshot finished = find(store, "p", create(store, atOnce).orElseThrow()).orElseThrow();
      assertEquals(Optional.of(finished.started()), finished.finished());
      NewSnapshot slow = new NewSnapshot("p", "c", "slow", "", 500, Duration.ofHours(1), false);
      UUID id = create(store, slow).orElseThrow();
      assertEquals(Optional.empty(), find(store, "p", id).orElseThrow().finished());
      String almost = "UPDATE snapshots SET started = started - %1$d, finished = finished - %1$d";
      database.execute(almost.formatted(3_590_000) + " WHERE name = 'slow'");
      assertEquals(Optional.empty(), find(store, "p", id).orElseThrow().finished());
      database.execute(almost.formatted(10_000) + " WHERE name = 'slow'");
      Snapshot done = find(store, "p", id).orElseThrow();
      assertEquals(Optional.of(done.started().plusSeconds(3600)), done.finished());
    }
  }
}
