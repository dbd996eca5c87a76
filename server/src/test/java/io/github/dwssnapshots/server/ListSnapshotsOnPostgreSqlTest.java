package io.github.dwssnapshots.server;

/** The same on PostgreSQL. */
class ListSnapshotsOnPostgreSqlTest extends ListSnapshotsTest {
  @Override
  DatabaseKind kind() {
    return DatabaseKind.POSTGRESQL;
  }
}
