package io.github.dwssnapshots.server.resource;

import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.api.SnapshotsApi;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.list.SendingThreads;
import io.github.dwssnapshots.server.list.SnapshotList;
import io.github.dwssnapshots.server.model.CreateSnapshotBody;
import io.github.dwssnapshots.server.model.CreateSnapshotResponse;
import io.github.dwssnapshots.server.model.ShowSnapshotResponse;
import io.github.dwssnapshots.server.model.SnapshotDetail;
import io.github.dwssnapshots.server.model.SnapshotResp;
import io.github.dwssnapshots.server.model.SortDir;
import io.github.dwssnapshots.server.model.SortKey;
import io.github.dwssnapshots.server.storage.NewSnapshot;
import io.github.dwssnapshots.server.storage.OrderBy;
import io.github.dwssnapshots.server.storage.Snapshot;
import io.github.dwssnapshots.server.storage.SnapshotCursor;
import io.github.dwssnapshots.server.storage.SnapshotCursor.Window;
import io.github.dwssnapshots.server.storage.SnapshotStore;
import io.github.dwssnapshots.server.validation.ListRules;
import io.github.dwssnapshots.server.validation.SnapshotRules;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Implements the operations of the contract. The filters have checked token and permission. */
public final class SnapshotsResource implements SnapshotsApi {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Tenancy tenancy;
  private final Duration creationTime;
  private final SnapshotStore store;
  private final SendingThreads lists;

  public SnapshotsResource(
      Tenancy tenancy, Duration creationTime, SnapshotStore store, SendingThreads lists) {
    this.tenancy = tenancy;
    this.creationTime = creationTime;
    this.store = store;
    this.lists = lists;
  }

  @Override
  public CompletionStage<CreateSnapshotResponse> createSnapshot(
      String projectId, CreateSnapshotBody body) {
    var requested = SnapshotRules.check(Optional.ofNullable(body));
    Cluster cluster = cluster(projectId, requested.getClusterId(), "snapshot.cluster_id");
    NewSnapshot snapshot =
        new NewSnapshot(
            projectId,
            cluster.id(),
            requested.getName(),
            requested.getDescription(),
            cluster.sizeGb(),
            cluster.creationTime().orElse(creationTime),
            cluster.fails());
    return store
        .create(snapshot)
        .thenApply(
            created ->
                created
                    .map(
                        id ->
                            new CreateSnapshotResponse()
                                .snapshot(new SnapshotResp().id(id.toString())))
                    .orElseThrow(
                        () ->
                            new Failure(
                                ErrorCode.NAME_TAKEN,
                                "snapshot.name: %s already exists in this project (names are case-insensitive)",
                                Quoted.of(snapshot.name()))));
  }

  @Override
  public CompletionStage<SnapshotList> listSnapshots(String projectId) {
    return SnapshotList.begin(Map.of(), store.list(projectId), SnapshotsResource::detail, lists);
  }

  @Override
  public CompletionStage<SnapshotList> listClusterSnapshots(
      String projectId,
      String clusterId,
      Integer limit,
      Integer offset,
      SortKey sortKey,
      SortDir sortDir) {
    Optional<Integer> rows = Optional.ofNullable(limit);
    ListRules.check(rows, offset);
    cluster(projectId, clusterId, "cluster_id");
    SnapshotCursor cursor =
        store.listCluster(
            projectId, clusterId, order(sortKey), sortDir == SortDir.DESC, window(rows, offset));
    Map<String, String> properties = new LinkedHashMap<>(); // in the contract's order
    properties.put("project_id", projectId);
    properties.put("cluster_id", clusterId);
    return SnapshotList.begin(properties, cursor, SnapshotsResource::detail, lists);
  }

  /** Returns the window of a page. Without a limit, page 0 has all snapshots, any other none. */
  private static Optional<Window> window(Optional<Integer> limit, int page) {
    return page == 0 && limit.isEmpty()
        ? Optional.empty()
        : Optional.of(new Window((long) page * limit.orElse(0), limit.orElse(0)));
  }

  private static OrderBy order(SortKey key) {
    return switch (key) {
      case STARTED -> OrderBy.STARTED;
      case NAME -> OrderBy.NAME;
    };
  }

  @Override
  public CompletionStage<ShowSnapshotResponse> showSnapshot(String projectId, String snapshotId) {
    return withSnapshot(snapshotId, id -> store.find(projectId, id))
        .thenApply(found -> new ShowSnapshotResponse().snapshot(detail(found)));
  }

  @Override
  public CompletionStage<Void> deleteSnapshot(String projectId, String snapshotId) {
    return withSnapshot(
            snapshotId,
            id ->
                store
                    .delete(projectId, id)
                    .thenApply(existed -> existed ? Optional.of(id) : Optional.empty()))
        .thenAccept(deleted -> {});
  }

  /** Runs a store operation for an id. Fails with 404 if it returns nothing. */
  private static <T> CompletionStage<T> withSnapshot(
      String snapshotId, Function<UUID, CompletionStage<Optional<T>>> operation) {
    return id(snapshotId)
        .map(operation)
        .orElse(CompletableFuture.completedFuture(Optional.empty()))
        .thenApply(
            found ->
                found.orElseThrow(
                    () ->
                        new Failure(
                            ErrorCode.SNAPSHOT_NOT_FOUND,
                            "snapshot_id: %s does not exist in this project",
                            Quoted.of(snapshotId))));
  }

  /** Parses an id. Empty unless it is a UUID in lower case, as all ids of the store are. */
  private static Optional<UUID> id(String text) {
    return ID.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
  }

  private Cluster cluster(String projectId, String clusterId, String property) {
    return tenancy
        .cluster(projectId, clusterId)
        .orElseThrow(
            () ->
                new Failure(
                    ErrorCode.CLUSTER_NOT_FOUND,
                    "%s: %s does not exist in this project",
                    property,
                    Quoted.of(clusterId)));
  }

  private static SnapshotDetail detail(Snapshot snapshot) {
    SnapshotDetail detail =
        new SnapshotDetail()
            .id(snapshot.id().toString())
            .name(snapshot.name())
            .description(snapshot.description())
            .started(time(snapshot.started()))
            .size(snapshot.sizeGb())
            .status(status(snapshot))
            .type("MANUAL")
            .clusterId(snapshot.clusterId());
    snapshot.finished().map(SnapshotsResource::time).ifPresent(detail::setFinished);
    return detail;
  }

  private static String status(Snapshot snapshot) {
    if (snapshot.finished().isEmpty()) {
      return "CREATING";
    }
    return snapshot.fails() ? "UNAVAILABLE" : "AVAILABLE";
  }

  /** Formats a time in UTC, to the second, as in the contract. */
  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
