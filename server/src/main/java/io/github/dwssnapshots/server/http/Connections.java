package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.metrics.Metrics;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * Tracks the open connections and closes those that exceed a timeout. Thread-safe; no method
 * blocks.
 */
final class Connections implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());

  /** State of a connection. Each phase except RESPONDING has a timeout. */
  enum Phase {
    /** TLS is being negotiated. */
    HANDSHAKE,
    IDLE,
    RECEIVING,
    RESPONDING,
    /** The last response is written; further input is discarded. */
    CLOSING
  }

  private record State(Phase phase, long since) {}

  private static final long SWEEP_MILLIS = 100;

  /**
   * Linux grows the buffer to 4 MiB and reports it writable when a third is free. With that size, a
   * slow reader would hit the write timeout. With this size, a reader of 20 KB/s can seem to stall
   * for 16 s, since its system, too, announces free space in large parts.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Bounds bounds;
  private final ErrorResponses errors;
  private final Optional<Metrics> metrics;
  private final Phase first;
  private final Map<Connection<?>, State> states = new ConcurrentHashMap<>();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "http-timeouts");
            thread.setDaemon(true);
            return thread;
          });

  Connections(Bounds bounds, ErrorResponses errors, Optional<Metrics> metrics, boolean tls) {
    this.bounds = bounds;
    this.errors = errors;
    this.metrics = metrics;
    this.first = tls ? Phase.HANDSHAKE : Phase.IDLE;
    var unused =
        sweeper.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Adds a connection; closes it if the limit is exceeded. */
  void opened(Connection<?> connection) {
    states.put(connection, new State(first, System.nanoTime()));
    try {
      channel(connection).setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
    } catch (IOException e) {
      connection.terminateSilently();
    }
    if (states.size() > bounds.connections()) {
      connection.terminateSilently();
    }
  }

  void closed(Connection<?> connection) {
    states.remove(connection);
  }

  /** Changes the phase, except from CLOSING, which is final. */
  void enter(Connection<?> connection, Phase phase) {
    State next = new State(phase, System.nanoTime());
    states.computeIfPresent(
        connection, (same, state) -> state.phase() == Phase.CLOSING ? state : next);
  }

  Phase phase(Connection<?> connection) {
    State state = states.get(connection);
    return state == null ? Phase.CLOSING : state.phase();
  }

  /** Number of response bytes that the client has not read. */
  static int unread(Connection<?> connection) {
    return ((NIOConnection) connection).getAsyncWriteQueue().spaceInBytes();
  }

  boolean areFlushed() {
    return states.keySet().stream().allMatch(connection -> unread(connection) == 0);
  }

  /**
   * Sends an error response and closes the connection. Input is still read for a moment: a close
   * with unread bytes resets the connection, and the client loses the response (RFC 9112, 9.6).
   */
  void reject(Connection<?> connection, Failure failure, UUID requestId, boolean isHead) {
    enter(connection, Phase.CLOSING);
    RequestLog.logRejected(failure, requestId);
    String status = String.valueOf(failure.code().status());
    metrics.ifPresent(m -> m.request(Metrics.NO_OPERATION, status, 0));
    send(connection, errors.last(failure, requestId, isHead), () -> endOutput(connection));
    try {
      connection.enableIOEvent(IOEvent.READ); // Grizzly disables it after a malformed head
    } catch (IOException e) {
      connection.terminateSilently();
    }
  }

  /** Sends bytes that the codec does not change. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Grizzly's own types are raw
  static void send(Connection connection, byte[] bytes, Runnable then) {
    FilterChain chain = (FilterChain) connection.getProcessor(); // encrypts, with TLS
    chain.write(
        connection,
        null,
        Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, bytes),
        new EmptyCompletionHandler<WriteResult>() {
          @Override
          public void completed(WriteResult result) {
            then.run();
          }
        });
  }

  private static SocketChannel channel(Connection<?> connection) {
    return (SocketChannel) ((NIOConnection) connection).getChannel();
  }

  /** Resets the connection, so that the client notices that the response is incomplete. */
  static void reset(Connection<?> connection) {
    try {
      channel(connection).setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "client disconnected first", e);
    }
    connection.terminateSilently();
  }

  private static void endOutput(Connection<?> connection) {
    try {
      channel(connection).shutdownOutput();
    } catch (IOException e) {
      connection.terminateSilently();
    }
  }

  private void sweep() {
    try {
      states.forEach(this::checkTimeout);
    } catch (Throwable e) { // a thrown exception would cancel the schedule
      LOG.log(System.Logger.Level.ERROR, "defect in the connection timeouts", e);
    }
  }

  private void checkTimeout(Connection<?> connection, State state) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - state.since());
    switch (state.phase()) {
      case HANDSHAKE -> terminate(connection, elapsed, bounds.receive());
      case IDLE -> terminate(connection, elapsed, bounds.idle());
      case CLOSING -> terminate(connection, elapsed, LINGER);
      case RECEIVING -> timeOut(connection, state, elapsed);
      case RESPONDING -> {}
    }
  }

  /** Does not wait for unread response bytes: the client may never read them. */
  private static void terminate(Connection<?> connection, Duration elapsed, Duration limit) {
    if (elapsed.compareTo(limit) > 0) {
      connection.terminateSilently();
    }
  }

  private void timeOut(Connection<?> connection, State state, Duration elapsed) {
    State closing = new State(Phase.CLOSING, System.nanoTime());
    if (elapsed.compareTo(bounds.receive()) > 0 && states.replace(connection, state, closing)) {
      Failure failure =
          new Failure(
              ErrorCode.REQUEST_TIMEOUT,
              "the request is incomplete after %d s",
              bounds.receive().toSeconds());
      reject(connection, failure, UUID.randomUUID(), false);
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
