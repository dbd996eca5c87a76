package io.github.dwssnapshots.server.storage;

import java.time.Instant;
import java.util.UUID;

/**
 * A snapshot as it is kept. Texts are exactly as they were sent.
 *
 * @param started when it was created, kept to the millisecond
 */
public record Snapshot(
    UUID id,
    String projectId,
    String clusterId,
    String name,
    String description,
    Instant started) {}
