package io.github.dwssnapshots.server;

/** The same on PostgreSQL. */
class NameReuseOnPostgreSqlTest extends NameReuseTest {
  @Override
  DatabaseKind kind() {
    return DatabaseKind.POSTGRESQL;
  }
}
