package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Differences between SQLite and PostgreSQL. Thread-safe. {@code toString} is for users. */
interface Database extends AutoCloseable {
  sealed interface Change {}

  /** Inserts a snapshot unless its name exists in the project. */
  record Insertion(UUID id, NewSnapshot snapshot) implements Change {}

  /** Deletes a snapshot if the project has it. */
  record Deletion(String projectId, UUID id) implements Change {}

  /** Opens a connection in auto-commit mode, for one thread at a time. */
  Connection connect() throws SQLException;

  /** Whether a row is read without a network, in less time than it takes to wake a thread. */
  boolean isInProcess();

  /** Number of reader threads. */
  int readers();

  /** SQL expression for the database's clock, in milliseconds since 1970. */
  String now();

  /** Converts an id to its column value. */
  Object column(UUID id);

  UUID id(Object column);

  /**
   * Commits insertions together. Returns for each whether it had an effect.
   *
   * @throws StoreException with the outcome of all of them
   */
  List<Boolean> insert(Session session, List<Insertion> insertions);

  /** Commits deletions together, as {@link #insert}. */
  List<Boolean> delete(Session session, List<Deletion> deletions);

  DatabaseHealth health();

  @Override
  void close() throws IOException;
}
