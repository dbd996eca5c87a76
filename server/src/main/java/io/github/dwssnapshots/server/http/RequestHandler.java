package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.glassfish.grizzly.http.server.ErrorPageGenerator;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.spi.Container;

/**
 * Hands each request from Grizzly to Jersey, with the headers of every answer already there.
 * Jersey's own container for Grizzly keeps a thread until a client has read its answer.
 */
final class RequestHandler extends HttpHandler implements Container {
  static final String REQUEST_ID_HEADER = "X-Request-Id";

  /** No answer depends on the host that a request names. */
  private static final String HOST = "http://localhost";

  private static final URI BASE = URI.create(HOST + "/");

  private final ApplicationHandler application;
  private final ObjectMapper mapper;
  private final ErrorAnswer errors;

  RequestHandler(ResourceConfig application, ObjectMapper mapper, ErrorAnswer errors) {
    this.application = new ApplicationHandler(application);
    this.mapper = mapper;
    this.errors = errors;
  }

  @Override
  public void start() {
    super.start();
    application.onStartup(this);
  }

  @Override
  public void destroy() {
    application.onShutdown(this);
    super.destroy();
  }

  @Override
  public void service(Request request, Response response) {
    Object id = request.getAttribute(RequestLog.REQUEST_ID);
    response.setHeader(REQUEST_ID_HEADER, id.toString());
    response.setHeader(Header.Date, FastHttpDateFormat.getCurrentDate()); // RFC 9110, 6.6.1
    String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
    ContainerRequest jersey =
        new ContainerRequest(
            BASE,
            URI.create(HOST + request.getRequestURI() + query),
            request.getMethod().getMethodString(),
            new Anybody(),
            new MapPropertiesDelegate(),
            application.getConfiguration());
    jersey.setProperty(RequestLog.REQUEST_ID, id);
    request.getHeaderNames().forEach(name -> jersey.headers(name, request.getHeaders(name)));
    jersey.setEntityStream(request.getInputStream());
    jersey.setWriter(new AnswerWriter(response, mapper, errors));
    application.handle(jersey);
  }

  /** Who calls is the business of {@code access}, not of JAX-RS. */
  private record Anybody() implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return () -> "anybody";
    }

    @Override
    public boolean isUserInRole(String role) {
      return false;
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public String getAuthenticationScheme() {
      return "";
    }
  }

  @Override
  public ResourceConfig getConfiguration() {
    return application.getConfiguration();
  }

  @Override
  public ApplicationHandler getApplicationHandler() {
    return application;
  }

  @Override
  public void reload() {
    throw new UnsupportedOperationException("a server is started anew");
  }

  @Override
  public void reload(ResourceConfig configuration) {
    reload();
  }

  /**
   * Where even our own answer has failed: instead of Grizzly's page, which names the product and
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
