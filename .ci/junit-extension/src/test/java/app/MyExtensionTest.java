package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.client.ApiClient;
import io.github.dwssnapshots.client.ApiException;
import io.github.dwssnapshots.client.api.SnapshotsApi;
import io.github.dwssnapshots.client.model.CreateSnapshotBody;
import io.github.dwssnapshots.client.model.Snapshot;
import io.github.dwssnapshots.server.SnapshotServerExtension;
import io.github.dwssnapshots.server.fault.Fault;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MyExtensionTest {
  @RegisterExtension
  static final SnapshotServerExtension server = SnapshotServerExtension.demo();

  private static URI uri;

  private SnapshotsApi snapshots;

  @BeforeAll
  static void rememberTheServer() {
    uri = server.uri();
  }

  @BeforeEach
  void reset() {
    server.reset();
    ApiClient client = new ApiClient();
    client.updateBaseUri(server.uri().toString());
    client.setRequestInterceptor(request -> request.header("X-Auth-Token", server.token()));
    snapshots = new SnapshotsApi(client);
  }

  private void create(String name) throws ApiException {
    Snapshot snapshot = new Snapshot().name(name).clusterId(server.cluster());
    snapshots.createSnapshot(server.project(), new CreateSnapshotBody().snapshot(snapshot));
  }

  @Test
  void eachTestStartsWithoutSnapshots() throws ApiException {
    for (int i = 0; i < 100; i++) {
      create("nightly-" + i);
    }
    assertEquals(100, snapshots.listSnapshots(server.project()).getCount());
    server.reset();
    assertEquals(0, snapshots.listSnapshots(server.project()).getCount());
  }

  @Test
  void eachTestStartsWithoutFaults() throws ApiException {
    server.faults().set(Fault.status("createSnapshot", 503));
    assertEquals(503, assertThrows(ApiException.class, () -> create("nightly")).getCode());
    server.reset();
    create("nightly");
    assertEquals(1, snapshots.listSnapshots(server.project()).getCount());
  }

  @Nested
  class Nightly {
    @Test
    void nestedClassesUseTheSameServer() {
      assertEquals(uri, server.uri());
    }
  }
}
