package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * The open connections, and what each is doing. Ends those that take too long. Thread-safe; nothing
 * here waits.
 */
final class Connections implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());

  /** What a connection does. Each phase but ANSWERING has a limit of time. */
  enum Phase {
    IDLE,
    RECEIVING,
    ANSWERING,
    /** Its last answer is written; what the client still sends is dropped. */
    ENDING
  }

  private record State(Phase phase, long since) {}

  private static final long SWEEP_MILLIS = 100;

  /**
   * Linux lets it grow to 4 MiB and reports room when a third of it is free: who reads slowly would
   * look like a client that does not read.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Bounds bounds;
  private final ErrorAnswer errors;
  private final Map<Connection<?>, State> states = new ConcurrentHashMap<>();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "http-timeouts");
            thread.setDaemon(true);
            return thread;
          });

  Connections(Bounds bounds, ErrorAnswer errors) {
    this.bounds = bounds;
    this.errors = errors;
    var unused =
        sweeper.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Adds a connection, or closes it if there are too many. */
  void opened(Connection<?> connection) {
    states.put(connection, new State(Phase.IDLE, System.nanoTime()));
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

  /** Nothing leaves the last phase. */
  void enter(Connection<?> connection, Phase phase) {
    State next = new State(phase, System.nanoTime());
    states.computeIfPresent(
        connection, (same, state) -> state.phase() == Phase.ENDING ? state : next);
  }

  Phase phase(Connection<?> connection) {
    State state = states.get(connection);
    return state == null ? Phase.ENDING : state.phase();
  }

  /** Bytes of answers that the client has not read. */
  static int unread(Connection<?> connection) {
    return ((NIOConnection) connection).getAsyncWriteQueue().spaceInBytes();
  }

  /** Whether all answers are on their way. */
  boolean areFlushed() {
    return states.keySet().stream().allMatch(connection -> unread(connection) == 0);
  }

  /**
   * Answers with a failure and ends the connection. What the client still sends is read for a
   * moment: a close with unread bytes resets the connection, and the client would lose the answer
   * (RFC 9112, 9.6).
   */
  void refuse(Connection<?> connection, Failure failure, UUID requestId, boolean isHead) {
    enter(connection, Phase.ENDING);
    RequestLog.refused(failure, requestId);
    send(connection, errors.last(failure, requestId, isHead), () -> endOutput(connection));
    try {
      connection.enableIOEvent(IOEvent.READ); // which Grizzly turns off after a malformed head
    } catch (IOException e) {
      connection.terminateSilently();
    }
  }

  /** Sends bytes past the codec. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Grizzly's own types are raw
  static void send(Connection connection, byte[] bytes, Runnable then) {
    connection.write(
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

  /** Ends the connection so that its client notices that the response is not complete. */
  static void reset(Connection<?> connection) {
    try {
      channel(connection).setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the client closed the connection first", e);
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
      states.forEach(this::limit);
    } catch (Throwable e) { // or no limit of time would hold from now on
      LOG.log(System.Logger.Level.ERROR, "a defect in the timeouts of connections", e);
    }
  }

  private void limit(Connection<?> connection, State state) {
    Duration time = Duration.ofNanos(System.nanoTime() - state.since());
    switch (state.phase()) {
      case IDLE -> terminate(connection, time, bounds.idle());
      case ENDING -> terminate(connection, time, LINGER);
      case RECEIVING -> timeOut(connection, state, time);
      case ANSWERING -> {}
    }
  }

  /** Without waiting for what the client has not read: it may never do so. */
  private static void terminate(Connection<?> connection, Duration time, Duration limit) {
    if (time.compareTo(limit) > 0) {
      connection.terminateSilently();
    }
  }

  private void timeOut(Connection<?> connection, State state, Duration time) {
    State ending = new State(Phase.ENDING, System.nanoTime());
    if (time.compareTo(bounds.receive()) > 0 && states.replace(connection, state, ending)) {
      Failure failure =
          new Failure(
              ErrorCode.REQUEST_TIMEOUT,
              "the request did not arrive within %d seconds",
              bounds.receive().toSeconds());
      refuse(connection, failure, UUID.randomUUID(), false);
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
