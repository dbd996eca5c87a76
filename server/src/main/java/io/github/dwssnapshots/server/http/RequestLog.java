package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Quoted;
import java.util.UUID;

/**
 * One line for each request: method, path, status, duration, request id. Never a header, a body or
 * a query, since each of them may hold a secret.
 */
final class RequestLog {
  private static final System.Logger LOG = System.getLogger(RequestLog.class.getName());

  /** What is shown of a path: the contract's, and some more. */
  private static final int PATH_LIMIT = 200;

  private static final int METHOD_LIMIT = 16;

  private RequestLog() {}

  static void ended(Exchange exchange, String how) {
    log(exchange.head().method(), exchange.head().path(), how, exchange.nanos(), exchange.id());
  }

  /** A request that was refused before there was one that has a method and a path. */
  static void refused(int status, long nanos, UUID requestId) {
    log("-", "-", String.valueOf(status), nanos, requestId);
  }

  private static void log(String method, String path, String how, long nanos, UUID requestId) {
    LOG.log(
        System.Logger.Level.INFO,
        () -> {
          long tenths = nanos / 100_000; // of a millisecond; String.format took 3 % of a request
          return Quoted.printable(method, METHOD_LIMIT)
              + ' '
              + Quoted.printable(path, PATH_LIMIT)
              + ' '
              + how
              + ' '
              + tenths / 10
              + '.'
              + tenths % 10
              + " ms "
              + requestId;
        });
  }
}
