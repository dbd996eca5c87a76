package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.server.FileCacheFilter;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.ServerConfiguration;
import org.glassfish.grizzly.memory.HeapBuffer;
import org.glassfish.grizzly.memory.HeapMemoryManager;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpContainer;
import org.glassfish.jersey.server.ContainerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** The HTTP side of the server: Jersey's container on Grizzly's HTTP server. */
public final class HttpFront implements AutoCloseable {
  /**
   * Bytes that can be queued for a client before a writer waits. The unread answers before a
   * request and the longest short list, 61 KiB, fit in: only long lists wait.
   */
  private static final int PENDING_BYTES = 128 * 1024;

  /** Bytes to read at once; what they hold beyond a request is kept until that is answered. */
  private static final int READ_BYTES = 8 * 1024;

  private static final long POLL_MILLIS = 10;

  /** For what was on its way when the stop began. */
  private static final int QUIET_POLLS = 5;

  /** Kept, since the JDK forgets a logger that nobody refers to, and its level. */
  private static final Logger GRIZZLY = Logger.getLogger("org.glassfish.grizzly.http.server");

  private final HttpServer server = new HttpServer();
  private final NetworkListener listener;
  private final Bounds bounds;
  private final Connections connections;
  private final RequestCodec codec;
  private final RequestLog requests;
  private final JerseyHandler handler;

  private HttpFront(
      String host, int port, ResourceConfig application, ObjectMapper mapper, Bounds bounds) {
    ErrorAnswer errors = new ErrorAnswer(mapper);
    GrizzlyHttpContainer container =
        ContainerFactory.createContainer(GrizzlyHttpContainer.class, application);
    this.bounds = bounds;
    this.listener = new NetworkListener("http", host, port);
    this.connections = new Connections(bounds, errors);
    this.codec = new RequestCodec(connections);
    this.requests = new RequestLog(connections);
    this.handler = new JerseyHandler(container, requests, errors, bounds.requests());
  }

  /**
   * Serves the application.
   *
   * @param port 0 for a free one
   * @throws IOException with a message for people: the address cannot be used
   */
  public static HttpFront start(
      String host, int port, ResourceConfig application, ObjectMapper mapper, Bounds bounds)
      throws IOException {
    if (GRIZZLY.getLevel() == null) {
      GRIZZLY.setLevel(Level.WARNING); // a start is not worth a line to those who embed the server
    }
    HttpFront front = new HttpFront(host, port, application, mapper, bounds);
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
      throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private void configure() {
    ServerConfiguration configuration = server.getServerConfiguration();
    configuration.addHttpHandler(handler, "/");
    configuration.setDefaultErrorPageGenerator(handler::page);
    configuration.setPassTraceRequest(true);
    configuration.setGracefulShutdownSupported(false); // it waits for clients that are gone
    configuration.getMonitoringConfig().getWebServerConfig().addProbes(requests);
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

  private void addTo(FilterChainBuilder chain) {
    chain.set(chain.indexOfType(org.glassfish.grizzly.http.HttpServerFilter.class), codec);
    chain.remove(chain.indexOfType(FileCacheFilter.class));
    chain.add(chain.indexOfType(HttpServerFilter.class), new WholeBody(connections));
  }

  /** Where it listens, with the port that was taken. */
  public URI uri() {
    String host = listener.getHost();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.getPort());
  }

  /** Refuses new requests, waits for answers, and stops. */
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
   * Memory that is never used twice. Grizzly releases that of a request when it is answered, though
   * the next request, which came in the same packet, can still be in it.
   */
  private static final class UnsharedMemory extends HeapMemoryManager {
    @Override
    public void release(HeapBuffer buffer) {
      // left to the garbage collector
    }
  }
}
