package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.docs.Documentation;
import io.github.dwssnapshots.server.http.Bounds;
import io.github.dwssnapshots.server.http.HttpFront;
import io.github.dwssnapshots.server.http.Json;
import io.github.dwssnapshots.server.http.OpenAddresses;
import io.github.dwssnapshots.server.list.SendingThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.api.Test;

class ReadyzTest {
  @Test
  void serverIsNotReadyWhileItsStorageIsNot() throws IOException {
    ObjectMapper mapper = Json.mapper();
    AtomicReference<Optional<String>> notReady = new AtomicReference<>(Optional.of("a reason"));
    try (SendingThreads threads = new SendingThreads("test", 1, 1);
        HttpFront front =
            HttpFront.start(
                InetSocketAddress.createUnresolved("127.0.0.1", 0),
                Optional.empty(),
                new ResourceConfig(),
                new OpenAddresses(
                    new Documentation(Optional.empty()),
                    () -> CompletableFuture.completedFuture(notReady.get()),
                    Optional.empty(),
                    threads,
                    mapper),
                Optional.empty(),
                mapper,
                Bounds.ofProcess(false))) {
      Answer answer = readyz(front);
      assertEquals(503, answer.status());
      assertEquals("1", answer.headers().get("retry-after"));
      assertEquals("application/json", answer.headers().get("content-type"));
      assertEquals(
          "{\"error_code\":\"REF.0503\",\"error_msg\":\"Service unavailable: a reason\"}",
          answer.body());
      notReady.set(Optional.empty());
      assertEquals(200, readyz(front).status());
    }
  }

  private static Answer readyz(HttpFront front) throws IOException {
    try (RawPeer peer = new RawPeer(front.uri())) {
      return peer.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").answer();
    }
  }
}
