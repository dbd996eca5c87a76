package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.huaweicloud.sdk.core.ClientBuilder;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.core.http.HttpClient;
import com.huaweicloud.sdk.core.http.HttpRequest;
import com.huaweicloud.sdk.dws.v2.DwsClient;
import com.huaweicloud.sdk.dws.v2.model.CreateSnapshotRequest;
import com.huaweicloud.sdk.dws.v2.model.CreateSnapshotRequestBody;
import com.huaweicloud.sdk.dws.v2.model.DeleteSnapshotRequest;
import com.huaweicloud.sdk.dws.v2.model.ListSnapshotDetailsRequest;
import com.huaweicloud.sdk.dws.v2.model.ListSnapshotsRequest;
import com.huaweicloud.sdk.dws.v2.model.Snapshot;
import io.github.dwssnapshots.server.SnapshotServer;
import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.config.TlsKey;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendor's SDK, which signs its requests, over HTTPS. */
class VendorSdkTest {
  private static final String PASSWORD = "change-it";

  @TempDir static Path keys;
  private static Path keystore;

  @TempDir Path folder;
  private SnapshotServer server;

  /** Makes the keystore, and trusts its certificate, as the README does. */
  @BeforeAll
  static void makeKeystore() throws Exception {
    keystore = keys.resolve("tls.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                keytool, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname",
                "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-keystore",
                keystore.toString(), "-storepass", PASSWORD)
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
    System.setProperty("javax.net.ssl.trustStore", keystore.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
  }

  @BeforeEach
  void start() throws Exception {
    Settings settings = Settings.demo(folder).withTls(TlsKey.read(keystore, PASSWORD));
    server = SnapshotServer.start(settings);
    assertEquals("https", server.uri().getScheme());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** Sends a token instead of a signature. */
  private static final class TokenCredentials extends BasicCredentials {
    @Override
    public HttpRequest syncProcessAuthRequest(HttpRequest request, HttpClient client) {
      return request.builder()
          .addAutoFilledPathParam(getPathParams())
          .addHeader("X-Auth-Token", DemoTenancy.TOKEN)
          .build();
    }

    @Override
    public CompletableFuture<HttpRequest> processAuthRequest(
        HttpRequest request, HttpClient client) {
      return CompletableFuture.completedFuture(syncProcessAuthRequest(request, client));
    }
  }

  private static DwsClient client(BasicCredentials credentials, String secretKey, String endpoint) {
    return new ClientBuilder<>(DwsClient::new, credentials.getClass().getSimpleName())
        .withCredential(
            credentials
                .withAk(DemoTenancy.ACCESS_KEY)
                .withSk(secretKey)
                .withProjectId(DemoTenancy.PROJECT))
        .withEndpoint(endpoint)
        .build();
  }

  private static DwsClient client(String secretKey, String endpoint) {
    return client(new BasicCredentials(), secretKey, endpoint);
  }

  private static CreateSnapshotRequest create(String name) {
    Snapshot snapshot =
        new Snapshot().withName(name).withClusterId(DemoTenancy.CLUSTER).withDescription("Größe €");
    return new CreateSnapshotRequest()
        .withBody(new CreateSnapshotRequestBody().withSnapshot(snapshot));
  }

  private static ServiceResponseException failure(Runnable request) {
    return assertThrows(ServiceResponseException.class, request::run);
  }

  @Test
  void wholeRoundIsSigned() {
    round(client(DemoTenancy.SECRET_KEY, server.uri().toString()));
  }

  @Test
  void wholeRoundWithToken() {
    round(client(new TokenCredentials(), "unused", server.uri().toString()));
  }

  private static void round(DwsClient client) {
    String id = client.createSnapshot(create("sdk-1")).getSnapshot().getId();
    assertEquals(1, client.listSnapshots(new ListSnapshotsRequest()).getCount());
    ListSnapshotDetailsRequest show = new ListSnapshotDetailsRequest().withSnapshotId(id);
    assertEquals("Größe €", client.listSnapshotDetails(show).getSnapshot().getDescription());

    ServiceResponseException taken = failure(() -> client.createSnapshot(create("SDK-1")));
    assertEquals("400 REF.1001", taken.getHttpStatusCode() + " " + taken.getErrorCode());
    assertTrue(taken.getErrorMsg().startsWith("Name taken"), taken.getErrorMsg());
    assertEquals(36, taken.getRequestId().length());

    client.deleteSnapshot(new DeleteSnapshotRequest().withSnapshotId(id));
    assertEquals(404, failure(() -> client.listSnapshotDetails(show)).getHttpStatusCode());
  }

  @Test
  void wrongSecretKeyGets401() {
    DwsClient client = client("wrong-secret-key", server.uri().toString());
    ServiceResponseException rejected =
        failure(() -> client.listSnapshots(new ListSnapshotsRequest()));
    assertEquals("401 APIGW.0301", rejected.getHttpStatusCode() + " " + rejected.getErrorCode());
    assertFalse(rejected.toString().contains("wrong-secret-key"));
  }

  @Test
  void slashAtTheEndOfTheEndpointGets404WithTheReason() {
    DwsClient client = client(DemoTenancy.SECRET_KEY, server.uri() + "/");
    ServiceResponseException doubled =
        failure(() -> client.listSnapshots(new ListSnapshotsRequest()));
    assertEquals(404, doubled.getHttpStatusCode());
    assertTrue(doubled.getErrorMsg().contains("doubled slash"), doubled.getErrorMsg());
  }
}
