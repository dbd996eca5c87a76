package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Where SQLite and PostgreSQL differ. Everything else, SQL too, is the same for both. Safe for any
 * number of threads.
 */
interface Database extends AutoCloseable {
  /**
   * A new connection, for one thread at a time.
   *
   * @throws SQLException at once where the database is known to be away
   */
  Connection connect() throws SQLException;

  /** The time as an SQL expression, in milliseconds since 1970: the same within a transaction. */
  String now();

  /** How many may write at the same time, each by a connection of its own. */
  int writers();

  /** How many may read at the same time, likewise. */
  int readers();

  /**
   * Whether a transaction was given up in favour of another: nothing of it holds, and if it is
   * tried again it may succeed.
   */
  boolean gaveWay(SQLException failure);

  /** Is told each failure of a connection, but for those in which a transaction gave way. */
  void failed(SQLException failure);

  /** Why whatever is asked of the database is refused at once; empty while it is there. */
  Optional<String> away();

  /** How often it has been away: connections from before that are not to be used any more. */
  int absences();

  @Override
  void close() throws IOException;
}
