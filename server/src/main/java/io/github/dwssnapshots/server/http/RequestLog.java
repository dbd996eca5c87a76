package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Quoted;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/**
 * One line for each request: method, path, status, duration, request id. Never a header, a body or
 * a query, since each of them may hold a secret. It also knows how many requests are in flight.
 */
@SuppressWarnings("rawtypes") // Connection, in Grizzly's own signatures
final class RequestLog extends HttpServerProbe.Adapter {
  /** The property of a request that holds its id, a UUID. */
  static final String REQUEST_ID = RequestLog.class.getName() + ".id";

  private static final String EXCHANGE = RequestLog.class.getName() + ".exchange";
  private static final System.Logger LOG = System.getLogger(RequestLog.class.getName());

  /** What is shown of a path: the contract's, and some more. */
  private static final int PATH_LIMIT = 200;

  /** What is known of a request from its first event to its last. */
  private record Exchange(UUID id, long began, AtomicBoolean finished) {}

  private final AtomicInteger inFlight = new AtomicInteger();

  @Override
  public void onRequestReceiveEvent(
      HttpServerFilter filter, Connection connection, Request request) {
    inFlight.incrementAndGet();
    Exchange exchange = new Exchange(UUID.randomUUID(), System.nanoTime(), new AtomicBoolean());
    request.setAttribute(REQUEST_ID, exchange.id());
    request.setAttribute(EXCHANGE, exchange);
  }

  @Override
  public void onRequestCompleteEvent(
      HttpServerFilter filter, Connection connection, Response response) {
    finished(response.getRequest(), String.valueOf(response.getStatus()));
  }

  /** The client has gone before it could be answered. */
  @Override
  public void onRequestCancelEvent(
      HttpServerFilter filter, Connection connection, Request request) {
    finished(request, "gone");
  }

  private void finished(Request request, String status) {
    Exchange exchange = (Exchange) request.getAttribute(EXCHANGE);
    // Both events come where a client goes just as its answer ends.
    if (exchange.finished().compareAndSet(false, true)) {
      long nanos = System.nanoTime() - exchange.began();
      String method = request.getMethod().getMethodString();
      log(method, request.getRequestURI(), status, nanos, exchange.id());
      inFlight.decrementAndGet();
    }
  }

  /**
   * A request that was refused before there was one that could be logged by its method and path.
   */
  void refused(int status, long nanos, UUID requestId) {
    log("-", "-", String.valueOf(status), nanos, requestId);
  }

  private static void log(String method, String path, String status, long nanos, UUID requestId) {
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            String.format(
                Locale.ROOT,
                "%s %s %s %.1f ms %s",
                Quoted.printable(method, 16),
                Quoted.printable(path, PATH_LIMIT),
                status,
                nanos / 1e6,
                requestId));
  }

  /** Requests that have been received and not yet answered and logged. */
  int inFlight() {
    return inFlight.get();
  }
}
