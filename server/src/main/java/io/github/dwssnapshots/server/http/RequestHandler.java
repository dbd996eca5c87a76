package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.SecurityContext;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.security.Principal;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.spi.Container;

/** Hands each request to Jersey. */
final class RequestHandler implements Container {
  /** The property of a request that holds its id, a UUID. */
  static final String REQUEST_ID = RequestHandler.class.getName() + ".id";

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());

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

  void start() {
    application.onStartup(this);
  }

  void stop() {
    application.onShutdown(this);
  }

  /** Has the request answered, at once or later. */
  void handle(Exchange exchange) {
    try {
      application.handle(request(exchange));
    } catch (Throwable e) { // even an Error: nobody else would end the exchange
      LOG.log(System.Logger.Level.ERROR, () -> "a defect, in the request " + exchange.id(), e);
      exchange.breakOff();
    }
  }

  private ContainerRequest request(Exchange exchange) {
    RequestHead head = exchange.head();
    ContainerRequest request =
        new ContainerRequest(
            BASE,
            URI.create(HOST + head.target()),
            head.method(),
            new Anybody(),
            new MapPropertiesDelegate(),
            application.getConfiguration());
    request.setProperty(REQUEST_ID, exchange.id());
    head.fields().fields().forEach(field -> request.header(field.name(), field.value()));
    request.setEntityStream(new ByteArrayInputStream(exchange.body()));
    request.setWriter(new AnswerWriter(exchange, mapper, errors));
    return request;
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
}
