package io.github.dwssnapshots.server;

/** The same on PostgreSQL. */
class SnapshotLifecycleOnPostgreSqlTest extends SnapshotLifecycleTest {
  @Override
  DatabaseKind kind() {
    return DatabaseKind.POSTGRESQL;
  }
}
