package io.github.dwssnapshots.server.storage;

import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Objects;

/** Describes a database failure in one line, without SQL and without values of clients. */
final class Reason {
  private Reason() {}

  /** For example {@code Connection refused} or {@code ERROR: permission denied … (42501)}. */
  static String of(Throwable failure) {
    if (failure instanceof BatchUpdateException batch && batch.getNextException() != null) {
      return of(batch.getNextException()); // its own message contains the statement
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root instanceof UnknownHostException ? "unknown host " : "";
    reason +=
        Objects.toString(root.getMessage(), root.getClass().getSimpleName())
            .replaceAll("\\s+", " ")
            .strip();
    String state = root instanceof SQLException e ? e.getSQLState() : null;
    return state == null ? reason : reason + " (" + state + ")";
  }
}
