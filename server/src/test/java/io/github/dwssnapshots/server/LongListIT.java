package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.access.DemoTenancy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long lists from the runnable jar with a small heap, and in other charsets. */
class LongListIT {
  private static final String SNAPSHOTS = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";
  private static final int LENGTH = 150_000;

  @TempDir Path folder;

  @Tag("thorough")
  @Test
  void heapSmallerThanOneListServesManyLists() throws Exception {
    LongListTest.fill(folder.resolve("snapshots-data"), LENGTH); // more JSON than the heap can hold
    List<RawPeer> stalled = new ArrayList<>();
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of("JDK_JAVA_OPTIONS=-Xmx32m"))) {
      for (int i = 0; i < 100; i++) {
        RawPeer peer = new RawPeer(server.uri());
        stalled.add(peer);
        String list = "GET " + SNAPSHOTS + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n";
        // 200 KB of further requests, which the server must not buffer.
        peer.send(list + "\r\n" + (list + "X-Pad: " + "x".repeat(7500) + "\r\n\r\n").repeat(26));
      }
      for (RawPeer peer : stalled) {
        assertTrue(peer.skipTo("HTTP/1.1 200"), "the list was rejected");
      }
      JsonNode list = new ObjectMapper().readTree(get(server.uri() + SNAPSHOTS));
      assertEquals(LENGTH, list.get("count").asInt());
      assertEquals(LENGTH, list.get("snapshots").size());
      assertTrue(!server.errors().contains("OutOfMemoryError"), server.errors());
    } finally {
      for (RawPeer peer : stalled) {
        peer.close();
      }
    }
  }

  @Test
  void listsAreInUtf8OnAnyPlatformCharset() throws Exception {
    String text = "äöü 中文 \ud83d\ude00 \u202e\uffff";
    for (String charset : List.of("ISO-8859-1", "US-ASCII")) {
      List<String> environment = List.of("JDK_JAVA_OPTIONS=-Dfile.encoding=" + charset, "LC_ALL=C");
      try (ServerProcess server =
          ServerProcess.serving(folder, environment, "--data", "in-" + charset)) {
        String body =
            "{\"snapshot\":{\"name\":\"name\",\"cluster_id\":\"%s\",\"description\":\"%s\"}}"
                .formatted(DemoTenancy.CLUSTER, text);
        HttpClient.newHttpClient()
            .send(
                request(server.uri() + SNAPSHOTS)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.discarding());
        byte[] list = get(server.uri() + SNAPSHOTS);
        assertEquals(
            text,
            new ObjectMapper().readTree(list).at("/snapshots/0/description").asText(),
            charset);
      }
    }
  }

  private static byte[] get(String uri) throws Exception {
    return HttpClient.newHttpClient().send(request(uri).build(), BodyHandlers.ofByteArray()).body();
  }

  private static HttpRequest.Builder request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).header("X-Auth-Token", DemoTenancy.TOKEN);
  }
}
