package io.github.dwssnapshots.server;

/** The same on PostgreSQL. */
class CreateSnapshotOnPostgreSqlTest extends CreateSnapshotTest {
  @Override
  DatabaseKind kind() {
    return DatabaseKind.POSTGRESQL;
  }
}
