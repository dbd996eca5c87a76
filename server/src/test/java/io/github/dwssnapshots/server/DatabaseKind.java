package io.github.dwssnapshots.server;

/** What the tests of the store, and those of HTTP, run on, each of them on both. */
public enum DatabaseKind {
  SQLITE,
  POSTGRESQL
}
