package io.github.dwssnapshots.server.storage;

/** A snapshot that is to be created. The store adds its id and its times. */
public record NewSnapshot(
    String projectId, String clusterId, String name, String description, double sizeGb) {}
