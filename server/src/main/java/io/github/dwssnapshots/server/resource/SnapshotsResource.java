package io.github.dwssnapshots.server.resource;

import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.api.SnapshotsApi;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.model.CreateSnapshotRequest;
import io.github.dwssnapshots.server.model.CreateSnapshotResponse;
import io.github.dwssnapshots.server.model.SnapshotResp;
import io.github.dwssnapshots.server.storage.Snapshot;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import io.github.dwssnapshots.server.storage.SnapshotStore.Creation;
import io.github.dwssnapshots.server.validation.SnapshotRules;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The operations of the contract. Who calls one is known and permitted by then; see the filters.
 */
public final class SnapshotsResource implements SnapshotsApi {
  private final Tenancy tenancy;
  private final SnapshotStore store;
  private final Clock clock;

  public SnapshotsResource(Tenancy tenancy, SnapshotStore store, Clock clock) {
    this.tenancy = tenancy;
    this.store = store;
    this.clock = clock;
  }

  @Override
  public CompletionStage<CreateSnapshotResponse> createSnapshot(
      String projectId, CreateSnapshotRequest body) {
    var asked = SnapshotRules.check(Optional.ofNullable(body));
    if (!tenancy.hasCluster(projectId, asked.getClusterId())) {
      throw new Failure(
          ErrorCode.NO_SUCH_CLUSTER,
          "snapshot.cluster_id: the project has no cluster %s",
          Quoted.of(asked.getClusterId()));
    }
    Snapshot snapshot =
        new Snapshot(
            UUID.randomUUID(),
            projectId,
            asked.getClusterId(),
            asked.getName(),
            asked.getDescription(),
            clock.instant());
    return store.create(snapshot).thenApply(creation -> response(creation, snapshot));
  }

  private static CreateSnapshotResponse response(Creation creation, Snapshot snapshot) {
    return switch (creation) {
      case STORED ->
          new CreateSnapshotResponse().snapshot(new SnapshotResp().id(snapshot.id().toString()));
      case NAME_TAKEN ->
          throw new Failure(
              ErrorCode.NAME_TAKEN,
              "snapshot.name: %s is taken in this project; case does not count",
              Quoted.of(snapshot.name()));
    };
  }
}
