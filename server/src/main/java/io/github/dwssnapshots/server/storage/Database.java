package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where SQLite and PostgreSQL differ, besides their migrations. Everything else, SQL too, is the
 * same for both. Safe for any number of threads. As text it says, for people, where the snapshots
 * are.
 */
interface Database extends AutoCloseable {
  /** A new connection, for one thread at a time. */
  Connection connect() throws SQLException;

  /** The time as an SQL expression, in milliseconds since 1970, for one statement. */
  String now();

  /** The same as a number, where the clock of this process decides; empty where the database's. */
  OptionalLong millis();

  /** How many may write at the same time, each by a connection of its own. */
  int writers();

  /** How many may read at the same time, likewise. */
  int readers();

  /**
   * Whether a transaction was given up in favour of another: nothing of it holds, and if it is
   * tried again it may succeed.
   */
  boolean gaveWay(SQLException failure);

  /** Why whatever is asked of the database is refused at once; empty while it is there. */
  Optional<String> away();

  /** Why nothing that is written would be kept; empty while it is. Asked before each commit. */
  Optional<String> lost();

  /** How often connections have broken: those from before that are not to be used any more. */
  int breaks();

  /**
   * Is told what a connection has failed with, or the try to make one.
   *
   * @param since what {@link #breaks} was when it was made
   */
  void broke(SQLException failure, int since);

  @Override
  void close() throws IOException;
}
