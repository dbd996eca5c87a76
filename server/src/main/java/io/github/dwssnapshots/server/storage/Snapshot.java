package io.github.dwssnapshots.server.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A snapshot as it is at one moment. Texts are exactly as they were sent.
 *
 * @param sizeGb that of its cluster when it was created
 * @param started when it was created, kept to the millisecond
 * @param finished when its creation ended; empty while it goes on
 */
public record Snapshot(
    UUID id,
    String projectId,
    String clusterId,
    String name,
    String description,
    double sizeGb,
    Instant started,
    Optional<Instant> finished) {}
