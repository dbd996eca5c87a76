package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.metrics.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.server.FileCacheFilter;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.ServerConfiguration;
import org.glassfish.grizzly.memory.HeapBuffer;
import org.glassfish.grizzly.memory.HeapMemoryManager;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.ssl.SSLEngineConfigurator;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;
import org.glassfish.jersey.server.ContainerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** Runs Jersey's container on Grizzly's HTTP server. */
public final class HttpFront implements AutoCloseable {
  /** Property of a request with its Host header as sent, which Jersey does not get. */
  public static final String SENT_HOST = HttpFront.class.getName() + ".host";

  /**
   * Bytes queued for a client before a writer blocks. Unread responses ({@link
   * Bounds#UNREAD_BYTES}) and a short list of 61 KiB fit, so only long lists block.
   */
  private static final int PENDING_BYTES = 128 * 1024;

  /**
   * Bytes per read, allocated for each: most requests fit. Bytes beyond the current request are
   * kept until it has its response.
   */
  private static final int READ_BYTES = 2 * 1024;

  private static final long POLL_MILLIS = 10;

  /** Allows for requests that arrive while the stop begins. */
  private static final int QUIET_POLLS = 5;

  /** A strong reference: the JDK drops loggers without one, and their level. */
  private static final Logger GRIZZLY = Logger.getLogger("org.glassfish.grizzly.http.server");

  private final HttpServer server = new HttpServer();
  private final NetworkListener listener;
  private final Optional<SSLContext> tls;
  private final Bounds bounds;
  private final Connections connections;
  private final RequestCodec codec;
  private final RequestLog requests;
  private final JerseyHandler handler;

  private HttpFront(
      InetSocketAddress listen,
      Optional<SSLContext> tls,
      ResourceConfig application,
      OpenAddresses open,
      Optional<Metrics> metrics,
      ObjectMapper mapper,
      Bounds bounds) {
    ErrorResponses errors = new ErrorResponses(mapper);
    GrizzlyHttpContainer container =
        ContainerFactory.createContainer(GrizzlyHttpContainer.class, application);
    this.bounds = bounds;
    this.tls = tls;
    this.listener = new NetworkListener("http", listen.getHostString(), listen.getPort());
    this.connections = new Connections(bounds, errors, metrics, tls.isPresent());
    this.codec = new RequestCodec(connections);
    this.requests = new RequestLog(connections, metrics);
    this.handler = new JerseyHandler(container, requests, errors, open, bounds.requests());
    metrics.ifPresent(
        m ->
            m.counter(
                "snapshots.requests.rejected",
                "Requests rejected because too many were in flight, or during a stop",
                handler::rejected));
  }

  /**
   * Serves the application.
   *
   * @param listen unresolved; port 0 takes a free port
   * @param tls serves HTTPS, if present
   * @throws IOException if the address cannot be used, with a message for users
   */
  public static HttpFront start(
      InetSocketAddress listen,
      Optional<SSLContext> tls,
      ResourceConfig application,
      OpenAddresses open,
      Optional<Metrics> metrics,
      ObjectMapper mapper,
      Bounds bounds)
      throws IOException {
    if (GRIZZLY.getLevel() == null) {
      GRIZZLY.setLevel(Level.WARNING); // it logs each start at INFO
    }
    HttpFront front = new HttpFront(listen, tls, application, open, metrics, mapper, bounds);
    try {
      front.configure();
      front.server.start();
      return front;
    } catch (Throwable e) {
      front.server.shutdownNow();
      front.connections.close();
      if (!(e instanceof IOException)) {
        throw e;
      }
      throw new IOException(
          "cannot listen on "
              + listen.getHostString()
              + ":"
              + listen.getPort()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private void configure() {
    ServerConfiguration configuration = server.getServerConfiguration();
    configuration.addHttpHandler(handler, "/");
    configuration.setDefaultErrorPageGenerator(handler::page);
    configuration.setPassTraceRequest(true);
    configuration.setGracefulShutdownSupported(false); // it waits for disconnected clients
    configuration.getMonitoringConfig().getWebServerConfig().addProbes(requests);
    tls.ifPresent(this::configureTls);
    listener.setMaxPendingBytes(PENDING_BYTES);
    listener.registerAddOn((to, chain) -> addTo(chain));
    TCPNIOTransport transport = listener.getTransport();
    transport.setReadBufferSize(READ_BYTES);
    transport.setMemoryManager(new UnsharedMemory());
    transport.setIOStrategy(SameThreadIOStrategy.getInstance());
    transport.setSelectorRunnersCount(Runtime.getRuntime().availableProcessors());
    transport.setWriteTimeout(bounds.write().toMillis(), TimeUnit.MILLISECONDS);
    server.addListener(listener);
  }

  private void configureTls(SSLContext context) {
    SSLEngineConfigurator engines = new SSLEngineConfigurator(context, false, false, false);
    engines.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    listener.setSSLEngineConfig(engines);
    listener.setSecure(true);
  }

  private void addTo(FilterChainBuilder chain) {
    if (tls.isPresent()) {
      ((SSLBaseFilter) chain.get(chain.indexOfType(SSLBaseFilter.class)))
          .addHandshakeListener(new Handshakes(connections));
    }
    chain.set(chain.indexOfType(org.glassfish.grizzly.http.HttpServerFilter.class), codec);
    chain.remove(chain.indexOfType(FileCacheFilter.class));
    chain.add(chain.indexOfType(HttpServerFilter.class), new BodyAggregator(connections));
  }

  /** Base URI with the actual port. */
  public URI uri() {
    String host = listener.getHost();
    return URI.create(
        (tls.isPresent() ? "https://" : "http://")
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + listener.getPort());
  }

  /** Rejects new requests, waits for responses in progress, and stops. */
  @Override
  public synchronized void close() throws IOException {
    if (!server.isStarted()) {
      return;
    }
    handler.stop();
    codec.stop();
    listener.getTransport().unbindAll();
    try {
      long deadline = System.nanoTime() + bounds.stop().toNanos();
      for (int quiet = 0; quiet < QUIET_POLLS && System.nanoTime() < deadline; quiet++) {
        Thread.sleep(POLL_MILLIS);
        if (requests.inFlight() > 0 || !connections.areFlushed()) {
          quiet = 0;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.shutdownNow();
      connections.close();
    }
  }

  /**
   * Allocates buffers that are never reused. Grizzly releases a request's buffer after the
   * response, although it can contain the next request from the same packet.
   */
  private static final class UnsharedMemory extends HeapMemoryManager {
    @Override
    public void release(HeapBuffer buffer) {
      // the garbage collector frees it
    }
  }
}
