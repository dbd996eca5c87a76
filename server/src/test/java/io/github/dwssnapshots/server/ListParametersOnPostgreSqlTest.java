package io.github.dwssnapshots.server;

/** The same on PostgreSQL. */
class ListParametersOnPostgreSqlTest extends ListParametersTest {
  @Override
  DatabaseKind kind() {
    return DatabaseKind.POSTGRESQL;
  }
}
