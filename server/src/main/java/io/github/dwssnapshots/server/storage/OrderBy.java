package io.github.dwssnapshots.server.storage;

/** What the list of a cluster can be sorted by. */
public enum OrderBy {
  /** By creation. */
  STARTED,
  /** By name in ASCII order, ignoring case. */
  NAME
}
