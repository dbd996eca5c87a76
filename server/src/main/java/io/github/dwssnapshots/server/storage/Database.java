package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** What SQLite and PostgreSQL do differently. Thread-safe. {@code toString} is for people. */
interface Database extends AutoCloseable {
  sealed interface Change {}

  /** Inserts a snapshot, unless its project has one of the same name. */
  record Insertion(UUID id, NewSnapshot snapshot) implements Change {}

  /** Deletes a snapshot, if the project has it. */
  record Deletion(String projectId, UUID id) implements Change {}

  /** Opens a connection in auto-commit mode, for one thread at a time. */
  Connection connect() throws SQLException;

  /** Number of threads that read. */
  int readers();

  /** SQL of the time by the database's clock, in milliseconds since 1970. */
  String now();

  /** An id as the value of its column. */
  Object column(UUID id);

  UUID id(Object column);

  /**
   * Makes insertions with one commit; returns for each whether it had an effect.
   *
   * @throws StoreException with what then holds for all of them
   */
  List<Boolean> insert(Session session, List<Insertion> insertions);

  /** Makes deletions, likewise. */
  List<Boolean> delete(Session session, List<Deletion> deletions);

  DatabaseHealth health();

  @Override
  void close() throws IOException;
}
