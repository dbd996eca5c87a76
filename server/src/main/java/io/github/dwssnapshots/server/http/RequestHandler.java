package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.nio.charset.StandardCharsets;
import org.glassfish.grizzly.http.server.ErrorPageGenerator;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;

/** Hands each request to Jersey, with the headers of every answer already there. */
final class RequestHandler extends HttpHandler {
  static final String REQUEST_ID_HEADER = "X-Request-Id";

  private final GrizzlyHttpContainer jersey;
  private final ErrorAnswer errors;

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
    response.setHeader(REQUEST_ID_HEADER, request.getAttribute(RequestLog.REQUEST_ID).toString());
    response.setHeader(Header.Date, FastHttpDateFormat.getCurrentDate()); // RFC 9110, 6.6.1
    jersey.service(request, response);
  }

  /**
   * Where even Jersey's answer has failed: instead of Grizzly's page, which names the product and
   * shows a stack trace.
   */
  @Override
  protected ErrorPageGenerator getErrorPageGenerator(Request request) {
    return (failed, status, reason, description, exception) -> {
      failed.getResponse().setContentType("application/json");
      Failure failure = new Failure(ErrorCode.INTERNAL, FailureMapper.SEE_LOG);
      return new String(errors.json(failure), StandardCharsets.UTF_8);
    };
  }
}
