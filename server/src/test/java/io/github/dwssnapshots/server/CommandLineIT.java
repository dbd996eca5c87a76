package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.config.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar: options, output, log and shutdown. */
class CommandLineIT {
  private static final String PATH = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots";

  @TempDir Path folder;

  private static String post(String name) {
    String body =
        "{\"snapshot\":{\"name\":\"%s\",\"cluster_id\":\"44b277eb-39be-4921-be31-3d61b43651d7\"}}"
            .formatted(name);
    return "POST %s HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(PATH, body.length(), body);
  }

  @Test
  void helpAndVersionExitWithZero() throws Exception {
    try (ServerProcess help = ServerProcess.start(folder, List.of(), "--help");
        ServerProcess version = ServerProcess.start(folder, List.of(), "--version")) {
      assertEquals(Options.usage(), help.rest());
      assertEquals(0, help.exitCode());
      assertTrue(version.rest().matches("snapshots-server \\d+\\.\\d+\\.\\d+\\S*\n"));
      assertEquals(0, version.exitCode());
    }
  }

  @Test
  void configuredTenancyIsServed() throws Exception {
    // printf %s ci-token | sha256sum
    String digest = "948b8c2427cd29047839b8e4a27a08763f8befbafa86be5cce8e46217d75e58a";
    Files.writeString(
        folder.resolve("tenancy.yaml"),
        """
        projects:
          - id: p
            clusters:
              - { id: 44b277eb-39be-4921-be31-3d61b43651d7, name: warehouse-1 }
            credentials:
              - { name: ci, token_sha256: "%s", actions: [ "dws:openAPISnapshot:create" ] }
        """
            .formatted(digest));
    try (ServerProcess server = ServerProcess.serving(folder, "--config", "tenancy.yaml")) {
      try (RawPeer peer = new RawPeer(server.uri())) {
        assertEquals(401, peer.send(post("abcd")).answer().status());
        String own =
            post("abcd")
                .replace("89cd04f168b84af6be287f71730fdb4b", "p")
                .replace("demo-token", "ci-token");
        assertEquals(200, peer.send(own).answer().status());
      }
      server.terminate();
      assertEquals(
          "Snapshots in the directory " + folder.resolve("snapshots-data") + "\n",
          server.rest(),
          "the demo's curl command is not printed");
    }
  }

  @Test
  void demoPrintsACurlCommandAndLogsEachRequest() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder)) {
      String id;
      try (RawPeer peer = new RawPeer(server.uri())) {
        Answer answer =
            peer.send(post("abcd").replace("snapshots ", "snapshots?q=query-secret ")).answer();

        assertEquals(200, answer.status());
        id = answer.headers().get("x-request-id");
      }
      server.terminate();
      assertTrue(server.rest().contains("curl -i -w '\\n' " + server.uri() + PATH));
      assertEquals(143, server.exitCode());
      String log = server.errors();
      assertTrue(log.matches("\\S+ INFO POST " + PATH + " 200 \\d+\\.\\d ms " + id + "\n"), log);
      assertFalse(
          log.contains("demo-token") || log.contains("abcd") || log.contains("query-secret"), log);
    }
    assertTrue(Files.isDirectory(folder.resolve("snapshots-data")));
  }

  @Test
  void earlyDisconnectsAreLoggedAndDoNotDelayStop() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder)) {
      long deadline = System.nanoTime() + 60_000_000_000L;
      for (int i = 0; logged(server) < 25; i++) { // a reset can overtake its request
        assertTrue(System.nanoTime() < deadline, server.errors());
        try (RawPeer peer = new RawPeer(server.uri())) {
          peer.send(post("gone-" + i)).reset();
        }
      }
      long began = System.nanoTime();
      server.terminate();
      assertEquals(143, server.exitCode());
      assertTrue(
          System.nanoTime() - began < 5_000_000_000L, "the stop waited for a disconnected client");
      assertFalse(server.errors().contains("cut off"), server.errors());
    }
  }

  private static long logged(ServerProcess server) throws IOException {
    return server.errors().lines().filter(line -> line.contains("INFO POST")).count();
  }

  @Test
  void sigtermFinishesRequestsInFlightAndRejectsNewOnes() throws Exception {
    try (ServerProcess server = ServerProcess.serving(folder)) {
      Thread stop =
          new Thread(
              () -> {
                try {
                  Thread.sleep(500);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                server.terminate();
              });
      stop.start();
      int acknowledged = 0;
      try (RawPeer peer = new RawPeer(server.uri())) {
        for (int i = 0; ; i++) {
          Answer answer = peer.send(post("name-" + i)).answer();
          if (answer.status() != 200) {
            assertEquals(503, answer.status());
            assertEquals("1", answer.headers().get("retry-after"));
            break;
          }
          acknowledged++;
        }
      } catch (IOException closedBetweenTwoRequests) {
        assertTrue(acknowledged > 0);
      }
      assertEquals(143, server.exitCode());
      assertEquals(acknowledged, server.errors().lines().filter(l -> l.contains(" 200 ")).count());
      stop.join();
    }
    try (ServerProcess again = ServerProcess.serving(folder);
        RawPeer peer = new RawPeer(again.uri())) {
      assertEquals(400, peer.send(post("name-0")).answer().status());
    }
  }
}
