package io.github.dwssnapshots.server.storage;

/** Sort order of a cluster's list. */
public enum OrderBy {
  /** Order of creation. */
  STARTED,
  /** ASCII order of the lower-case names. */
  NAME
}
