package io.github.dwssnapshots.server.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A stored snapshot.
 *
 * @param finished empty while it is CREATING
 * @param fails whether it is UNAVAILABLE once finished
 * @param seq position in the order of creation
 */
public record Snapshot(
    UUID id,
    String clusterId,
    String name,
    String description,
    double sizeGb,
    Instant started,
    Optional<Instant> finished,
    boolean fails,
    long seq) {}
