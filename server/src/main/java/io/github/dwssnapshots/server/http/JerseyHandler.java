package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.RequestExecutorProvider;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;

/** Passes requests to Jersey's container on the selector threads, which must not block. */
final class JerseyHandler extends HttpHandler {
  private static final System.Logger LOG = System.getLogger(JerseyHandler.class.getName());

  private final GrizzlyHttpContainer container;
  private final RequestLog requests;
  private final ErrorResponses errors;
  private final OpenAddresses open;
  private final int maxRequests;
  private final LongAdder rejected = new LongAdder();
  private volatile boolean stopping;

  JerseyHandler(
      GrizzlyHttpContainer container,
      RequestLog requests,
      ErrorResponses errors,
      OpenAddresses open,
      int maxRequests) {
    this.container = container;
    this.requests = requests;
    this.errors = errors;
    this.open = open;
    this.maxRequests = maxRequests;
  }

  long rejected() {
    return rejected.sum();
  }

  /** Rejects all further requests with 503. */
  void stop() {
    stopping = true;
  }

  /**
   * Runs each request, also a pipelined one, on the selector of its connection. Without an executor
   * Grizzly does not suspend reading, and loses connections.
   */
  @Override
  public RequestExecutorProvider getRequestExecutorProvider() {
    return request ->
        task -> request.getContext().getConnection().executeInEventThread(IOEvent.READ, task);
  }

  /** {@link RequestCodec} has sent 100 Continue; Grizzly would send it after the body. */
  @Override
  protected boolean sendAcknowledgment(Request request, Response response) {
    return true;
  }

  @Override
  public void start() {
    container.start();
  }

  @Override
  public void destroy() {
    container.destroy();
  }

  @Override
  public void service(Request request, Response response) throws IOException {
    if (stopping) {
      reject(request, "the server is shutting down; nothing was changed");
    } else if (open.serve(request)) {
      return; // also past the limit, when health and metrics are needed most
    } else if (requests.inFlight() > maxRequests) {
      reject(request, "too many requests are in flight; nothing was changed");
    } else {
      container.service(request, response);
    }
  }

  private void reject(Request request, String reason) throws IOException {
    rejected.increment();
    errors.send(request, new Failure(ErrorCode.UNAVAILABLE, "%s", reason));
  }

  /** Builds the response to a defect outside Jersey's exception mapping. */
  String page(Request request, int status, String reason, String detail, Throwable defect) {
    LOG.log(
        System.Logger.Level.ERROR,
        () -> "defect (" + reason + ") in request " + request.getAttribute(RequestLog.ID),
        defect);
    return errors.prepared(request, new Failure(ErrorCode.INTERNAL, FailureMapper.SEE_LOG));
  }
}
