package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server under a limit on file sizes, which has the effect of a full disk. */
class DiskFullIT {
  private static final String PATH = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";
  private static final String AUTH = " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n";

  @TempDir Path folder;

  private static Answer create(ServerProcess server, String name) throws IOException {
    String body =
        "{\"snapshot\":{\"name\":\"%s\",\"cluster_id\":\"%s\",\"description\":\"%s\"}}"
            .formatted(name, DemoTenancy.CLUSTER, "x".repeat(256));
    try (RawPeer peer = new RawPeer(server.uri())) {
      return peer.send(
              "POST " + PATH + AUTH + "Content-Length: " + body.length() + "\r\n\r\n" + body)
          .answer();
    }
  }

  private static void limitFiles(ServerProcess server, String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", String.valueOf(server.pid()), "--fsize=" + bytes + ":")
            .inheritIO()
            .start();
    assertEquals(0, prlimit.waitFor());
  }

  @Test
  void fullDiskReturns503AndLosesNothing() throws Exception {
    List<String> acknowledged = new ArrayList<>();
    Set<String> unknown = new HashSet<>();
    try (ServerProcess server = ServerProcess.serving(folder)) {
      assertEquals(200, create(server, "first").status());
      acknowledged.add("first");
      long size = Files.size(folder.resolve("snapshots-data/snapshots.db-wal"));
      limitFiles(server, String.valueOf(size + 200_000));
      int refused = 0;
      for (int i = 0; refused < 20; i++) {
        Answer answer = create(server, "name-" + i);
        if (answer.status() == 200) {
          acknowledged.add("name-" + i);
        } else {
          assertEquals(503, answer.status());
          assertEquals("1", answer.headers().get("retry-after"));
          assertTrue(answer.body().contains("REF.0503"), answer.body());
          if (answer.body().contains("the outcome is unknown")) {
            unknown.add("name-" + i);
          }
          refused++;
        }
      }
      limitFiles(server, "unlimited");
      assertEquals(200, create(server, "again").status());
      acknowledged.add("again");
      try (RawPeer peer = new RawPeer(server.uri())) {
        String list = peer.send("GET " + PATH + AUTH + "\r\n").answer().body();
        List<String> names =
            new ArrayList<>(new ObjectMapper().readTree(list).findValuesAsText("name"));
        acknowledged.forEach(name -> assertTrue(names.remove(name), name));
        assertTrue(
            unknown.containsAll(names),
            "stored despite the response \"nothing was changed\": " + names);
      }
    }
  }
}
