package io.github.dwssnapshots.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.ErrorResponse;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.client.model.SnapshotDetail;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generated client against responses that this project's server does not give. */
class ClientTest {
  private final CountDownLatch released = new CountDownLatch(1);
  private final CompletableFuture<String> requested = new CompletableFuture<>();
  private HttpServer server;
  private int status = 200;
  private String body = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requested.complete(exchange.getRequestURI().toString());
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    server.stop(0);
  }

  private ApiClient client() {
    ApiClient client = new ApiClient();
    client.updateBaseUri("http://127.0.0.1:" + server.getAddress().getPort());
    return client;
  }

  private SnapshotDetail shown(String snapshot) throws ApiException {
    body = "{\"snapshot\":" + snapshot + "}";
    return new SnapshotsApi(client()).showSnapshot("p", "s").getSnapshot();
  }

  private ApiException failure() {
    SnapshotsApi snapshots = new SnapshotsApi(client());
    return assertThrows(ApiException.class, () -> snapshots.showSnapshot("p", "s"));
  }

  @Test
  void unknownStatusAndTypeAreRead() throws ApiException {
    SnapshotDetail snapshot = shown("{\"id\":\"s\",\"status\":\"PAUSED\",\"type\":\"WEEKLY\"}");
    assertEquals("PAUSED", snapshot.getStatus());
    assertEquals("WEEKLY", snapshot.getType());
  }

  @Test
  void unknownPropertiesAreIgnored() throws ApiException {
    SnapshotDetail snapshot = shown("{\"id\":\"s\",\"datastore\":{\"type\":\"dws\"},\"tags\":[1]}");
    assertEquals("s", snapshot.getId());
  }

  @Test
  void errorOfTheContractIsReadWithItsCode() throws IOException {
    status = 400;
    body = "{\"error_code\":\"REF.1001\",\"error_msg\":\"Name taken\"}";
    ApiException failure = failure();
    assertEquals(400, failure.getCode());
    ErrorResponse error =
        JSON.getDefault().getMapper().readValue(failure.getResponseBody(), ErrorResponse.class);
    assertEquals("REF.1001", error.getErrorCode());
    assertEquals("showSnapshot call failed with: 400 - " + body, failure.getMessage());
  }

  @Test
  void otherErrorBodyOfTheServiceIsInTheMessage() {
    status = 404;
    body = "{\"errCode\":\"DWS.5149\",\"externalMessage\":\"The snapshot does not exist.\"}";
    assertEquals("showSnapshot call failed with: 404 - " + body, failure().getMessage());
  }

  @Test
  void pageOfAProxyIsInTheMessage() {
    status = 502;
    body = "<html>Bad Gateway</html>";
    assertEquals("showSnapshot call failed with: 502 - " + body, failure().getMessage());
  }

  @Test
  void readTimeoutEndsTheWait() {
    server.removeContext("/");
    server.createContext("/", exchange -> awaitRelease());
    ApiClient client = client();
    client.setReadTimeout(Duration.ofMillis(300));
    SnapshotsApi snapshots = new SnapshotsApi(client);
    ApiException failure = assertThrows(ApiException.class, () -> snapshots.showSnapshot("p", "s"));
    assertInstanceOf(HttpTimeoutException.class, failure.getCause());
    assertEquals(0, failure.getCode());
    assertNull(failure.getResponseHeaders());
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why the README says that a base URL has no slash at its end. */
  @Test
  void slashAtTheEndOfTheBaseUrlIsDoubled() throws ApiException {
    body = "{}";
    ApiClient client = client();
    client.updateBaseUri(client.getBaseUri() + "/");
    new SnapshotsApi(client).showSnapshot("p", "s");
    assertEquals("//v1.0/p/snapshots/s", requested.join());
  }

  @Test
  void textIsSentInUtf8() throws Exception {
    CompletableFuture<String> sent = new CompletableFuture<>();
    server.removeContext("/");
    server.createContext(
        "/",
        exchange -> {
          sent.complete(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
        });
    Snapshot snapshot = new Snapshot().name("n").clusterId("c").description("é €");
    new SnapshotsApi(client()).createSnapshot("p", new CreateSnapshotBody().snapshot(snapshot));
    assertEquals(
        "{\"snapshot\":{\"name\":\"n\",\"cluster_id\":\"c\",\"description\":\"é €\"}}",
        sent.join());
  }
}
