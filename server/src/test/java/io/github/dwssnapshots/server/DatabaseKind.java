package io.github.dwssnapshots.server;

/** The databases that tests run on. */
public enum DatabaseKind {
  SQLITE,
  POSTGRESQL
}
