package io.github.dwssnapshots.server.list;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.model.SnapshotDetail;
import io.github.dwssnapshots.server.storage.NewSnapshot;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendingThreadsTest {
  /** Otherwise Jersey would use a selector thread, which must not wait for a client. */
  @Test
  void longListIsSentByAListThread(@TempDir Path folder) throws Exception {
    try (SnapshotStore store = SnapshotStore.inFolder(folder);
        SendingThreads threads = new SendingThreads("test", 64, 256)) {
      fill(store, 0, 32);
      assertEquals(Thread.currentThread().getName(), sender(store, threads));
      fill(store, 32, 33);
      assertEquals("test", sender(store, threads));
    }
  }

  private static void fill(SnapshotStore store, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      NewSnapshot snapshot =
          new NewSnapshot(
              DemoTenancy.PROJECT, DemoTenancy.CLUSTER, "name-" + i, "", 500, Duration.ZERO, false);
      store.create(snapshot).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  /** The name of the thread that sends the project's list, requested after the list is ready. */
  private static String sender(SnapshotStore store, SendingThreads threads) throws Exception {
    CompletionStage<SnapshotList> list =
        SnapshotList.begin(
            Map.of(), store.list(DemoTenancy.PROJECT), snapshot -> new SnapshotDetail(), threads);
    assertThrows(UnsupportedOperationException.class, list::toCompletableFuture);
    while (!((CompletableFuture<SnapshotList>) list).isDone()) {
      Thread.sleep(5);
    }
    CompletableFuture<String> sender = new CompletableFuture<>();
    list.whenComplete((begun, failure) -> sender.complete(Thread.currentThread().getName()));
    return sender.get(10, TimeUnit.SECONDS);
  }
}
