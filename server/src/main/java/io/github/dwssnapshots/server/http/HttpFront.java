package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.ServerConfiguration;
import org.glassfish.jersey.server.ResourceConfig;

/** The HTTP side of the server: Grizzly, our gate before it, and Jersey behind it. */
public final class HttpFront implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpFront.class.getName());

  /** What is in flight gets so long to be answered when the server stops. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /**
   * The next piece of an answer is made when less than this is left unsent, besides the socket's
   * own buffer. By default Grizzly keeps four times that buffer, some 10 MiB, for each client that
   * does not read.
   */
  private static final int MOST_UNSENT_BYTES = 16 * 1024;

  /**
   * What is read at once, and so what may lie here of requests that a client sends while it does
   * not read its answers; the rest stays in the socket's own buffer. By default Grizzly reads as
   * much as that holds: 380 such clients took all of 64 MiB.
   */
  private static final int MOST_UNREAD_BYTES = 16 * 1024;

  private final HttpServer server;
  private final NetworkListener listener;
  private final RequestGate gate;
  private final RequestLog log;

  private HttpFront(HttpServer server, NetworkListener listener, RequestGate gate, RequestLog log) {
    this.server = server;
    this.listener = listener;
    this.gate = gate;
    this.log = log;
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
    RequestLog log = new RequestLog();
    RequestGate gate = new RequestGate(errors, log, Bounds.ofProcess());
    NetworkListener listener = new NetworkListener("snapshots", host, port);
    listener.registerAddOn(
        (l, filters) -> filters.add(filters.indexOfType(HttpServerFilter.class), gate));
    // The gate bounds what was sent; what it hands on is longer, three times where it is all ";".
    listener.setMaxHttpHeaderSize(4 * RequestHead.MOST_BYTES);
    listener.getTransport().setReadBufferSize(MOST_UNREAD_BYTES);
    listener
        .getTransport()
        .getAsyncQueueIO()
        .getWriter()
        .setMaxPendingBytesPerConnection(MOST_UNSENT_BYTES);
    // By default Grizzly ends a connection with its 256th request, and a pipelining client would
    // lose
    // what it has sent behind that.
    listener.getKeepAlive().setMaxRequestsCount(-1);
    HttpServer server = new HttpServer();
    server.addListener(listener);
    ServerConfiguration configuration = server.getServerConfiguration();
    configuration.addHttpHandler(new RequestHandler(application, mapper, errors), "/");
    configuration.getMonitoringConfig().getWebServerConfig().addProbes(log, gate.endOfConnection());
    // Both would have Grizzly answer in Jersey's place.
    configuration.setPassTraceRequest(true);
    configuration.setAllowPayloadForUndefinedHttpMethods(true);
    HttpFront front = new HttpFront(server, listener, gate, log);
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

  /**
   * Takes no new requests, finishes those in flight, and stops. Not by Grizzly's graceful shutdown,
   * which waits for requests whose client has gone, and answers late ones with a page of its own.
   */
  @Override
  public void close() {
    gate.stop();
    listener.getTransport().unbindAll();
    try {
      awaitIdle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
    gate.close();
  }

  private void awaitIdle() throws InterruptedException {
    long until = System.nanoTime() + GRACE.toNanos();
    // Idle in two looks: a request may just be on its way from the gate to Jersey.
    for (int idle = 0; idle < 2; idle = log.inFlight() == 0 ? idle + 1 : 0) {
      if (System.nanoTime() > until) {
        LOG.log(System.Logger.Level.WARNING, "requests in flight are cut off: {0}", log.inFlight());
        return;
      }
      Thread.sleep(10);
    }
  }
}
