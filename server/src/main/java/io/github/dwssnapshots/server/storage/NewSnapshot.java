package io.github.dwssnapshots.server.storage;

import java.time.Duration;

/**
 * A snapshot to create.
 *
 * @param sizeGb size in GB
 * @param creationTime time until it is AVAILABLE or UNAVAILABLE
 * @param fails whether it ends as UNAVAILABLE
 */
public record NewSnapshot(
    String projectId,
    String clusterId,
    String name,
    String description,
    double sizeGb,
    Duration creationTime,
    boolean fails) {}
