package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.http.AnsweringThread;
import io.github.dwssnapshots.server.http.HttpFront;
import io.github.dwssnapshots.server.http.Json;
import io.github.dwssnapshots.server.http.JsonBodyWriter;
import io.github.dwssnapshots.server.model.CreateSnapshotRequest;
import io.github.dwssnapshots.server.model.Snapshot;
import io.github.dwssnapshots.server.resource.SnapshotsResource;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which thread makes an answer: never the store's own, which writes for all. */
class AnsweringThreadTest {
  /** Goes on by the thread that answers. */
  @Path("/")
  public static final class Threads {
    private final AnsweringThread answering;

    Threads(AnsweringThread answering) {
      this.answering = answering;
    }

    @GET
    public CompletionStage<Map<String, Boolean>> threads() {
      Thread asking = Thread.currentThread();
      Executor answers = answering.ofThisRequest();
      return CompletableFuture.runAsync(() -> {}, task -> new Thread(task).start())
          .thenApplyAsync(done -> Map.of("same", Thread.currentThread() == asking), answers);
    }
  }

  @Test
  void itIsTheOneThatReadsTheConnection() throws Exception {
    AnsweringThread answering = new AnsweringThread();
    ObjectMapper mapper = Json.mapper();
    ResourceConfig application =
        new ResourceConfig().register(new Threads(answering)).register(new JsonBodyWriter(mapper));
    try (HttpFront front = HttpFront.start("127.0.0.1", 0, application, mapper, answering);
        RawPeer peer = new RawPeer(front.uri())) {
      for (int i = 0; i < 3; i++) {
        String answer = peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").answer().body();
        assertEquals("{\"same\":true}", answer);
      }
    }
    assertThrows(IllegalStateException.class, answering::ofThisRequest);
  }

  @Test
  void whatTheStoreHasWrittenOrNotIsAnsweredThere(@TempDir java.nio.file.Path folder)
      throws Exception {
    AtomicInteger answered = new AtomicInteger();
    Executor counting =
        task -> {
          answered.incrementAndGet();
          task.run();
        };
    SnapshotStore store = SnapshotStore.inFolder(folder, Clock.systemUTC(), Duration.ZERO);
    SnapshotsResource resource =
        new SnapshotsResource(DemoTenancy.tenancy(), store, () -> counting);
    var created = resource.createSnapshot(DemoTenancy.PROJECT, request("name"));
    String id = created.toCompletableFuture().get().getSnapshot().getId();
    assertEquals(1, answered.get());
    resource.deleteSnapshot(DemoTenancy.PROJECT, id).toCompletableFuture().get();
    assertEquals(2, answered.get());
    store.close();
    var refused = resource.createSnapshot(DemoTenancy.PROJECT, request("late"));
    assertTrue(refused.toCompletableFuture().isCompletedExceptionally());
    assertEquals(3, answered.get());
  }

  private static CreateSnapshotRequest request(String name) {
    return new CreateSnapshotRequest()
        .snapshot(new Snapshot().name(name).clusterId(DemoTenancy.CLUSTER).description(""));
  }
}
