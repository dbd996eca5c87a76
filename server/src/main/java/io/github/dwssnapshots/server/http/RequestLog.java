package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.access.PermissionFilter;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.fault.Fault;
import io.github.dwssnapshots.server.fault.FaultFilter;
import io.github.dwssnapshots.server.metrics.Metrics;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/**
 * Counts the requests in flight and logs each one: method, path, status, duration, request id.
 * Never logs headers, body or query, which can contain secrets. Thread-safe.
 */
@SuppressWarnings("rawtypes") // Grizzly's own types are raw
final class RequestLog extends HttpServerProbe.Adapter {
  /** Request attribute for the request id, a {@link UUID}. */
  static final String ID = RequestLog.class.getName() + ".id";

  private static final String START = RequestLog.class.getName() + ".start";
  private static final System.Logger LOG = System.getLogger(RequestLog.class.getName());
  private static final int PATH_CHARACTERS = 200;
  private static final int METHOD_CHARACTERS = 16;

  private final Connections connections;
  private final Optional<Metrics> metrics;
  private final AtomicInteger inFlight = new AtomicInteger();

  RequestLog(Connections connections, Optional<Metrics> metrics) {
    this.connections = connections;
    this.metrics = metrics;
    metrics.ifPresent(
        m -> m.gauge("snapshots.requests.in.flight", "Requests in flight", inFlight::get));
  }

  int inFlight() {
    return inFlight.get();
  }

  @Override
  public void onRequestReceiveEvent(HttpServerFilter filter, Connection link, Request request) {
    request.setAttribute(START, System.nanoTime());
    inFlight.incrementAndGet();
  }

  @Override
  public void onRequestCompleteEvent(HttpServerFilter filter, Connection link, Response response) {
    connections.enter(link, Connections.Phase.IDLE);
    complete(response.getRequest(), String.valueOf(response.getStatus()));
  }

  /** The client disconnected first; Grizzly does not complete the request. */
  @Override
  public void onRequestCancelEvent(HttpServerFilter filter, Connection link, Request request) {
    complete(request, "gone");
  }

  /** Counts a request once: it can be both cancelled and completed. */
  private void complete(Request request, String status) {
    Object start;
    synchronized (request) {
      start = request.getAttribute(START);
      request.removeAttribute(START);
    }
    if (start instanceof Long nanos) {
      inFlight.decrementAndGet();
      long elapsed = System.nanoTime() - nanos;
      if (OpenAddresses.isHealth(request)) {
        return; // asked for every few seconds
      }
      String method = request.getMethod().getMethodString();
      String path = request.getRequestURI();
      Object operation = request.getAttribute(PermissionFilter.OPERATION);
      Object injected = request.getAttribute(FaultFilter.INJECTED);
      String outcome = injected instanceof Fault.Drop ? "gone" : status;
      metrics.ifPresent(
          m -> m.request(Objects.toString(operation, Metrics.NO_OPERATION), outcome, elapsed));
      String mark = injected == null ? "" : " injected: " + injected;
      log(method, path, outcome, elapsed, request.getAttribute(ID) + mark);
    }
  }

  /** Logs a request that was rejected before its method and path were known. */
  static void logRejected(Failure failure, UUID id) {
    log("-", "-", String.valueOf(failure.code().status()), 0, id);
  }

  private static void log(String method, String path, String status, long nanos, Object id) {
    long tenths = nanos / 100_000; // of a millisecond; String.format is slow
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            String.join(
                " ",
                Quoted.printable(method, METHOD_CHARACTERS),
                Quoted.printable(path, PATH_CHARACTERS),
                status,
                tenths / 10 + "." + tenths % 10,
                "ms",
                String.valueOf(id)));
  }
}
