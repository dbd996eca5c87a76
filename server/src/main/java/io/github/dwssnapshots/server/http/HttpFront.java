package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;
import org.glassfish.jersey.server.ContainerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** The HTTP side of the server: Grizzly, our gate before it, and Jersey behind it. */
public final class HttpFront implements AutoCloseable {
  /** What is in flight gets so long to be answered when the server stops. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final HttpServer server;
  private final NetworkListener listener;
  private final RequestGate gate;
  private final RequestHandler handler;

  private HttpFront(
      HttpServer server, NetworkListener listener, RequestGate gate, RequestHandler handler) {
    this.server = server;
    this.listener = listener;
    this.gate = gate;
    this.handler = handler;
  }

  /**
   * Serves the application.
   *
   * @param port 0 takes a free one
   * @throws IOException with a message for a person: the address cannot be listened on
   */
  public static HttpFront start(
      String host, int port, ResourceConfig application, ObjectMapper mapper) throws IOException {
    ErrorAnswer errors = new ErrorAnswer(mapper);
    RequestGate gate = new RequestGate(errors);
    NetworkListener listener = new NetworkListener("snapshots", host, port);
    listener.registerAddOn(
        (l, filters) -> filters.add(filters.indexOfType(HttpServerFilter.class), gate));
    HttpServer server = new HttpServer();
    server.addListener(listener);
    GrizzlyHttpContainer jersey =
        ContainerFactory.createContainer(GrizzlyHttpContainer.class, application);
    RequestHandler handler = new RequestHandler(jersey, errors);
    server.getServerConfiguration().addHttpHandler(handler, "/");
    // Both would have Grizzly answer in Jersey's place.
    server.getServerConfiguration().setPassTraceRequest(true);
    server.getServerConfiguration().setAllowPayloadForUndefinedHttpMethods(true);
    server.getServerConfiguration().setJmxEnabled(false);
    HttpFront front = new HttpFront(server, listener, gate, handler);
    try {
      server.start();
      return front;
    } catch (IOException e) {
      front.close();
      throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens, with the port that was taken. */
  public URI uri() {
    String host = listener.getHost();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.getPort());
  }

  /** Takes no new requests, finishes those in flight, and stops. */
  @Override
  public void close() {
    gate.stop();
    try {
      // Grizzly's own period of grace would be logged as a warning at each stop.
      server.shutdown().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
      // Grizzly calls it done before the listeners of a request, and its own last thread, have run.
      awaitShortly(() -> handler.hasLoggedAll() && listener.getTransport().isStopped());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      System.getLogger(HttpFront.class.getName())
          .log(System.Logger.Level.WARNING, "requests in flight were cut off", e);
    } finally {
      server.shutdownNow();
      gate.close();
    }
  }

  /** Waits until it is so, or for a second. */
  private static void awaitShortly(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 100 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
  }
}
