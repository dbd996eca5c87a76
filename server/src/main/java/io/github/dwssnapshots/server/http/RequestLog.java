package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Quoted;
import java.util.Locale;
import java.util.UUID;

/**
 * One line for each request: method, path, status, duration, request id. Never a header, a body or
 * a query, since each of them may hold a secret.
 */
final class RequestLog {
  private static final System.Logger LOG = System.getLogger(RequestLog.class.getName());

  /** What is shown of a path: more than the contract's longest. */
  private static final int PATH_LIMIT = 200;

  private RequestLog() {}

  static void answered(String method, String path, int status, long nanos, UUID requestId) {
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            String.format(
                Locale.ROOT,
                "%s %s %d %.1f ms %s",
                Quoted.printable(method, 16),
                Quoted.printable(path, PATH_LIMIT),
                status,
                nanos / 1e6,
                requestId));
  }
}
