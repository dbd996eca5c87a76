package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Optional;

/** What went wrong with a database, for people: one line, without SQL and without what was sent. */
final class Reason {
  private Reason() {}

  /** For example {@code Connection refused}, or {@code ERROR: permission denied … (42501)}. */
  static String of(Exception failure) {
    if (failure instanceof BatchUpdateException batch && batch.getNextException() != null) {
      return of(batch.getNextException()); // the first one's message has the statement
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof IOException && root.getMessage() != null) {
      return oneLine(named((IOException) root));
    }
    String state =
        failure instanceof SQLException e && e.getSQLState() != null
            ? " (" + e.getSQLState() + ")"
            : "";
    return oneLine(Optional.ofNullable(failure.getMessage()).orElse(failure.toString())) + state;
  }

  /** Of an unknown host the message is its name alone. */
  private static String named(IOException e) {
    return e instanceof UnknownHostException ? "unknown host " + e.getMessage() : e.getMessage();
  }

  /** A line break in a message would begin a line of the log's. */
  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
