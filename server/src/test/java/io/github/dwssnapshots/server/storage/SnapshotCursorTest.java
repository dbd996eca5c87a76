package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists of the store, on each database, with three clusters in two projects. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnapshotCursorTest {
  private static final int SNAPSHOTS = 1200;

  /** In the order of creation. */
  private final List<Snapshot> created = new ArrayList<>();

  @Parameter DatabaseKind kind;

  private StoreFixture database;
  private SnapshotStore store;

  @BeforeParameterizedClassInvocation(injectArguments = false)
  void fill(@TempDir Path path) throws Exception {
    created.clear();
    database = StoreFixture.of(kind, path);
    store = database.store();
    for (int i = 0; i < SNAPSHOTS; i++) {
      String project = i % 3 == 2 ? "q" : "p";
      // The order of names is neither that of creation nor that of their bytes.
      String name = (i % 2 == 0 ? "Name-" : "name-") + (i * 7919L) % 10_000;
      NewSnapshot snapshot =
          new NewSnapshot(project, "c" + i % 3, name, "d" + i, 500, Duration.ZERO, false);
      UUID id = store.create(snapshot).toCompletableFuture().get().orElseThrow();
      created.add(store.find(project, id).toCompletableFuture().get().orElseThrow());
    }
  }

  @AfterParameterizedClassInvocation(injectArguments = false)
  void close() throws IOException {
    store.close();
  }

  private SnapshotCursor list(String project, String cluster, OrderBy order, boolean descending) {
    return store.listCluster(project, cluster, order, descending, Optional.empty());
  }

  private SnapshotCursor list(
      String project, String cluster, OrderBy order, boolean descending, Window window) {
    return store.listCluster(project, cluster, order, descending, Optional.of(window));
  }

  private static List<Snapshot> all(SnapshotCursor cursor) throws Exception {
    List<Snapshot> all = new ArrayList<>();
    while (!cursor.hasEnded()) {
      List<Snapshot> next = cursor.next().toCompletableFuture().get();
      assertTrue(next.size() <= SnapshotCursor.MAX_ROWS);
      all.addAll(next);
    }
    assertEquals(List.of(), cursor.next().toCompletableFuture().get());
    return all;
  }

  private List<Snapshot> ofProject(String project) {
    boolean isQ = project.equals("q");
    return created.stream().filter(s -> s.clusterId().equals("c2") == isQ).toList();
  }

  private List<Snapshot> ofCluster(OrderBy key, boolean descending) {
    Comparator<Snapshot> order =
        switch (key) {
          case STARTED -> Comparator.comparing(Snapshot::seq);
          case NAME -> Comparator.comparing(s -> s.name().toLowerCase(Locale.ROOT));
        };
    List<Snapshot> list =
        new ArrayList<>(created.stream().filter(s -> s.clusterId().equals("c1")).toList());
    list.sort(order);
    if (descending) {
      Collections.reverse(list);
    }
    return list;
  }

  @Test
  void projectListIsComplete() throws Exception {
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
  void clusterListIsCompleteInEachOrder(OrderBy key) throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      SnapshotCursor cursor = list("p", "c1", key, descending);
      assertEquals(ofCluster(key, descending), all(cursor));
      assertEquals(SNAPSHOTS / 3, cursor.count());
    }
  }

  @ParameterizedTest
  @EnumSource
  void windowReturnsItsPartOfTheList(OrderBy key) throws Exception {
    int part = SnapshotCursor.MAX_ROWS;
    int[] sizes = {0, 1, 3, part - 1, part, part + 1, 2 * part, 2 * part + 1, 400, 1 << 30};
    for (boolean descending : new boolean[] {true, false}) {
      List<Snapshot> whole = ofCluster(key, descending);
      for (int rows : sizes) {
        for (long skip : new long[] {0, 1, 99, 300, 399, 400, 401, 5_000_000_000L}) {
          SnapshotCursor cursor = list("p", "c1", key, descending, new Window(skip, rows));
          int from = (int) Math.min(skip, whole.size());
          int to = (int) Math.min((long) from + rows, whole.size());
          assertEquals(whole.subList(from, to), all(cursor), () -> skip + " " + rows);
          assertEquals(whole.size(), cursor.count());
        }
      }
    }
  }

  @Test
  void listThatFillsItsLastReadIsComplete() throws Exception {
    int length = 2 * SnapshotCursor.MAX_ROWS;
    for (int i = 0; i < length; i++) {
      store.create(StoreFixture.snapshot("even", "c", "name-" + i)).toCompletableFuture().get();
    }
    SnapshotCursor whole = store.list("even");
    assertEquals(length, all(whole).size());
    assertEquals(length, whole.count());
    assertEquals(length, all(list("even", "c", OrderBy.NAME, false, new Window(0, length))).size());
  }

  @Test
  void clusterOfAnotherProjectHasNoSnapshots() throws Exception {
    assertEquals(List.of(), all(list("q", "c1", OrderBy.STARTED, true)));
    SnapshotCursor part = list("q", "c1", OrderBy.STARTED, true, new Window(0, 10));
    assertEquals(List.of(), all(part));
    assertEquals(0, part.count());
  }

  @ParameterizedTest
  @EnumSource
  void remainingSnapshotsAreReadExactlyOnce(OrderBy key) throws Exception {
    String project = "busy-" + key;
    for (int i = 0; i < 1000; i++) {
      store
          .create(new NewSnapshot(project, "c", "name-" + i, "", 1, Duration.ZERO, false))
          .toCompletableFuture()
          .get();
    }
    List<Snapshot> before = all(list(project, "c", key, true));
    SnapshotCursor cursor = list(project, "c", key, true);
    List<Snapshot> read = new ArrayList<>(cursor.next().toCompletableFuture().get());
    List<Snapshot> deleted = new ArrayList<>();
    // Some of the snapshots that have been read, including the last one, and some that have not.
    for (int i = (SnapshotCursor.MAX_ROWS - 1) % 3; i < before.size(); i += 3) {
      deleted.add(before.get(i));
      assertTrue(store.delete(project, before.get(i).id()).toCompletableFuture().get());
      store.create(StoreFixture.snapshot(project, "c", "more-" + i)).toCompletableFuture().get();
    }
    read.addAll(all(cursor));
    assertTrue(deleted.contains(before.get(SnapshotCursor.MAX_ROWS - 1)));
    assertEquals(read.size(), cursor.count());
    List<Snapshot> stayed = new ArrayList<>(before);
    stayed.removeAll(deleted);
    List<Snapshot> readOfThose = new ArrayList<>(read);
    readOfThose.retainAll(stayed);
    assertEquals(stayed, readOfThose);
  }
}
