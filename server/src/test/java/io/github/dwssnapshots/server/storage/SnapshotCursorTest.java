package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store promises of lists, on each database, with three clusters in two projects. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnapshotCursorTest {
  private static final int SNAPSHOTS = 1200;

  /** In the order of their creation. Some began in the same millisecond, and many have one size. */
  private final List<Snapshot> created = new ArrayList<>();

  @Parameter DatabaseKind kind;

  private StoreFixture database;
  private SnapshotStore store;

  @BeforeParameterizedClassInvocation(injectArguments = false)
  void fill(@TempDir Path path) throws Exception {
    created.clear();
    database = StoreFixture.of(kind, path);
    store = database.store(Duration.ZERO);
    for (int i = 0; i < SNAPSHOTS; i++) {
      if (i % 10 == 0) {
        database.setTime(1_700_000_000_000L + i);
      }
      String project = i % 3 == 2 ? "q" : "p";
      // Neither in the order of creation, nor in that of ASCII with its capitals first.
      String name = (i % 2 == 0 ? "Name-" : "name-") + (i * 7919L) % 10_000;
      NewSnapshot snapshot =
          new NewSnapshot(project, "c" + i % 3, name, "d" + i, i % 7 < 5 ? 500 : i % 7 + 0.5);
      UUID id = store.create(snapshot).toCompletableFuture().get().orElseThrow();
      created.add(store.find(project, id).toCompletableFuture().get().orElseThrow());
    }
  }

  @AfterParameterizedClassInvocation(injectArguments = false)
  void close() throws IOException {
    store.close();
  }

  private static List<Snapshot> all(SnapshotCursor cursor) throws Exception {
    List<Snapshot> all = new ArrayList<>();
    while (!cursor.hasEnded()) {
      List<Snapshot> next = cursor.next().toCompletableFuture().get();
      assertTrue(next.size() <= SnapshotCursor.MOST_ROWS);
      all.addAll(next);
    }
    assertEquals(List.of(), cursor.next().toCompletableFuture().get());
    return all;
  }

  private List<Snapshot> ofProject(String project) {
    return created.stream().filter(s -> s.projectId().equals(project)).toList();
  }

  private List<Snapshot> ofCluster(OrderBy key, boolean descending) {
    Comparator<Snapshot> order =
        switch (key) {
          case STARTED -> Comparator.comparing(Snapshot::started);
          case NAME -> Comparator.comparing(s -> s.name().toLowerCase(Locale.ROOT));
          case SIZE -> Comparator.comparing(Snapshot::sizeGb);
        };
    List<Snapshot> list =
        new ArrayList<>(created.stream().filter(s -> s.clusterId().equals("c1")).toList());
    list.sort(order); // which leaves alone what is equal, in the order of creation
    if (descending) {
      Collections.reverse(list);
    }
    return list;
  }

  @Test
  void theListOfAProjectHasAllOfIt() throws Exception {
    for (String project : List.of("p", "q")) {
      List<Snapshot> newestFirst = new ArrayList<>(ofProject(project));
      Collections.reverse(newestFirst);
      SnapshotCursor cursor = store.list(project);
      assertEquals(newestFirst, all(cursor));
      assertEquals(newestFirst.size(), cursor.count());
    }
    SnapshotCursor none = store.list("r");
    assertEquals(List.of(), all(none));
    assertEquals(0, none.count());
  }

  @ParameterizedTest
  @EnumSource
  void theListOfAClusterHasAllOfItInEachOrder(OrderBy key) throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      SnapshotCursor cursor = store.listCluster("p", "c1", key, descending);
      assertEquals(ofCluster(key, descending), all(cursor));
      assertEquals(SNAPSHOTS / 3, cursor.count());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPartOfIt(OrderBy key) throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      List<Snapshot> whole = ofCluster(key, descending);
      for (int rows : new int[] {0, 1, 3, 100, 127, 128, 129, 256, 257, 400, Integer.MAX_VALUE}) {
        for (long skip : new long[] {0, 1, 99, 300, 399, 400, 401, 5_000_000_000L}) {
          SnapshotCursor cursor = store.listCluster("p", "c1", key, descending, skip, rows);
          int from = (int) Math.min(skip, whole.size());
          int to = (int) Math.min((long) from + rows, whole.size());
          assertEquals(whole.subList(from, to), all(cursor), () -> skip + " " + rows);
          assertEquals(whole.size(), cursor.count());
        }
      }
    }
  }

  /** Its reader is reckoned with so much memory, whatever has been sent. */
  @Test
  void longDescriptionsAreReadFewAtATime() throws Exception {
    String longest = "\u0001".repeat(256);
    for (int i = 0; i < 100; i++) {
      store
          .create(new NewSnapshot("long", "c", "name-" + i, longest, 1))
          .toCompletableFuture()
          .get();
    }
    assertReadFewAtATime(100, store.list("long"));
    assertReadFewAtATime(64, store.listCluster("long", "c", OrderBy.NAME, false, 0, 64));
    assertReadFewAtATime(40, store.listCluster("long", "c", OrderBy.STARTED, true, 1, 40));
  }

  private static void assertReadFewAtATime(int snapshots, SnapshotCursor list) throws Exception {
    Set<UUID> ids = new HashSet<>();
    int read = 0;
    while (!list.hasEnded()) {
      List<Snapshot> next = list.next().toCompletableFuture().get();
      assertTrue(next.size() <= SnapshotCursor.MOST_CHARACTERS / 256);
      next.forEach(snapshot -> ids.add(snapshot.id()));
      read += next.size();
    }
    assertEquals(snapshots, read);
    assertEquals(snapshots, ids.size());
  }

  @Test
  void aListThatEndsWithAReadHasNothingAfterIt() throws Exception {
    int length = 2 * SnapshotCursor.MOST_ROWS;
    for (int i = 0; i < length; i++) {
      store.create(new NewSnapshot("even", "c", "name-" + i, "", 1)).toCompletableFuture().get();
    }
    SnapshotCursor whole = store.list("even");
    assertEquals(length, all(whole).size());
    assertEquals(length, whole.count());
    assertEquals(
        length, all(store.listCluster("even", "c", OrderBy.NAME, false, 0, length)).size());
  }

  @Test
  void aClusterOfAnotherProjectIsAnotherCluster() throws Exception {
    assertEquals(List.of(), all(store.listCluster("q", "c1", OrderBy.STARTED, true)));
    SnapshotCursor part = store.listCluster("q", "c1", OrderBy.STARTED, true, 0, 10);
    assertEquals(List.of(), all(part));
    assertEquals(0, part.count());
  }

  @Test
  void whatIsThereAllTheWhileIsReadExactlyOnceWhateverElseIsCreatedAndDeleted() throws Exception {
    for (int i = 0; i < 1000; i++) {
      store.create(new NewSnapshot("busy", "c", "name-" + i, "", 1)).toCompletableFuture().get();
    }
    List<Snapshot> before = all(store.list("busy"));
    SnapshotCursor cursor = store.list("busy");
    List<Snapshot> read = new ArrayList<>(cursor.next().toCompletableFuture().get());
    List<Snapshot> deleted = new ArrayList<>();
    // Of what has been read, its last one among it, and of what has not.
    for (int i = (SnapshotCursor.MOST_ROWS - 1) % 3; i < before.size(); i += 3) {
      deleted.add(before.get(i));
      assertTrue(store.delete("busy", before.get(i).id()).toCompletableFuture().get());
      store.create(new NewSnapshot("busy", "c", "more-" + i, "", 1)).toCompletableFuture().get();
    }
    read.addAll(all(cursor));
    assertTrue(deleted.contains(before.get(SnapshotCursor.MOST_ROWS - 1)));
    assertEquals(read.size(), cursor.count());
    List<Snapshot> stayed = new ArrayList<>(before);
    stayed.removeAll(deleted);
    List<Snapshot> readOfThose = new ArrayList<>(read);
    readOfThose.retainAll(stayed);
    assertEquals(stayed, readOfThose);
  }

  @Test
  void theCountIsThatOfTheRowsWhateverWasCreatedAndDeletedTogether() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      List<CompletableFuture<?>> changes = new ArrayList<>();
      ids.forEach(id -> changes.add(store.delete("many", id).toCompletableFuture()));
      ids.forEach(id -> changes.add(store.delete("many", id).toCompletableFuture()));
      for (int i = 0; i < 300; i++) {
        String cluster = "c" + i % 2;
        NewSnapshot snapshot = new NewSnapshot("many", cluster, "name-" + i % 200, "", 1);
        changes.add(store.create(snapshot).toCompletableFuture());
      }
      for (CompletableFuture<?> change : changes) {
        change.get();
      }
      ids.clear();
      all(store.list("many")).forEach(s -> ids.add(s.id()));
      for (String cluster : List.of("c0", "c1")) {
        SnapshotCursor part = store.listCluster("many", cluster, OrderBy.NAME, true, 0, 1);
        part.next().toCompletableFuture().get();
        assertEquals(rows(cluster), part.count());
      }
    }
  }

  private long rows(String cluster) throws SQLException {
    return database.number(
        "SELECT count(*) FROM snapshots WHERE project_id = 'many' AND cluster_id = '"
            + cluster
            + "'");
  }
}
