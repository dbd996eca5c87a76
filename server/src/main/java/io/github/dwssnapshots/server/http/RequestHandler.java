package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.http.server.ErrorPageGenerator;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;

/**
 * Gives each request its id, hands it to Jersey, and logs it once it is answered. It also has the
 * last word where even Jersey's answer has failed.
 */
final class RequestHandler extends HttpHandler {
  /** The property of a request that holds its id, a UUID. */
  static final String REQUEST_ID = RequestHandler.class.getName() + ".id";

  static final String REQUEST_ID_HEADER = "X-Request-Id";

  private final GrizzlyHttpContainer jersey;
  private final ErrorAnswer errors;
  private final AtomicInteger unlogged = new AtomicInteger();

  RequestHandler(GrizzlyHttpContainer jersey, ErrorAnswer errors) {
    this.jersey = jersey;
    this.errors = errors;
  }

  @Override
  public void start() {
    super.start();
    jersey.start();
  }

  @Override
  public void destroy() {
    jersey.destroy();
    super.destroy();
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    long began = System.nanoTime();
    UUID id = UUID.randomUUID();
    String method = request.getMethod().getMethodString();
    String path = request.getRequestURI();
    request.setAttribute(REQUEST_ID, id);
    response.setHeader(REQUEST_ID_HEADER, id.toString());
    response.setHeader(Header.Date, FastHttpDateFormat.getCurrentDate()); // RFC 9110, 6.6.1
    unlogged.incrementAndGet();
    request.addAfterServiceListener(
        done -> {
          long nanos = System.nanoTime() - began;
          RequestLog.answered(method, path, done.getResponse().getStatus(), nanos, id);
          unlogged.decrementAndGet();
        });
    jersey.service(request, response);
  }

  /** Whether each request that has been answered has been logged too. */
  boolean hasLoggedAll() {
    return unlogged.get() == 0;
  }

  /** Instead of Grizzly's page, which names the product and shows a stack trace. */
  @Override
  protected ErrorPageGenerator getErrorPageGenerator(Request request) {
    return (failed, status, reason, description, exception) -> {
      Response response = failed.getResponse();
      response.setContentType("application/json");
      response.setHeader(REQUEST_ID_HEADER, String.valueOf(failed.getAttribute(REQUEST_ID)));
      Failure failure =
          new Failure(
              ErrorCode.INTERNAL,
              "the log of the server says more, under the request id of this answer");
      return new String(errors.json(failure), StandardCharsets.UTF_8);
    };
  }
}
