package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.jersey.server.ResourceConfig;

/**
 * The HTTP side of the server: Grizzly's transport, which reads and writes sockets, our gate, which
 * makes requests of what was read, and Jersey behind it.
 */
public final class HttpFront implements AutoCloseable {
  /** What is in flight gets so long to be answered when the server stops. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final TCPNIOTransport transport;
  private final RequestGate gate;
  private final RequestHandler handler;
  private final String authority;

  private HttpFront(
      TCPNIOTransport transport, RequestGate gate, RequestHandler handler, String authority) {
    this.transport = transport;
    this.gate = gate;
    this.handler = handler;
    this.authority = authority;
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
    RequestHandler handler = new RequestHandler(application, mapper, errors);
    RequestGate gate = new RequestGate(handler::handle, errors, Bounds.ofProcess());
    TCPNIOTransport transport =
        TCPNIOTransportBuilder.newInstance()
            .setSelectorRunnersCount(Runtime.getRuntime().availableProcessors())
            // Nothing that a request does waits: no other thread has to do it.
            .setIOStrategy(SameThreadIOStrategy.getInstance())
            .setProcessor(FilterChainBuilder.stateless().add(gate).build())
            .build();
    try {
      handler.start();
      transport.start();
      String authority = authority(host, transport.bind(host, port));
      return new HttpFront(transport, gate, handler, authority);
    } catch (Throwable e) {
      transport.shutdownNow();
      gate.close();
      handler.stop();
      if (!(e instanceof IOException)) {
        throw e;
      }
      throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens, with the port that was taken. */
  public URI uri() {
    return URI.create("http://" + authority);
  }

  private static String authority(String host, Connection<?> socket) {
    int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Takes no new requests, finishes those in flight, and stops. */
  @Override
  public synchronized void close() throws IOException {
    if (transport.isStopped()) {
      return;
    }
    gate.stop();
    transport.unbindAll();
    try {
      gate.awaitIdle(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      transport.shutdownNow();
    } finally {
      gate.close();
      handler.stop();
    }
  }
}
