package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.memory.Buffers;

/**
 * The first filter behind the socket. A request passes once all of it is there and is well-formed,
 * so that a slow sender holds no thread, and what follows has nothing to be lenient about. All
 * others are refused here, with the one error body.
 */
final class RequestGate extends BaseFilter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RequestGate.class.getName());

  private static final long SWEEP_MILLIS = 500;

  private final Attribute<Peer> peers =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(RequestGate.class.getName() + ".peer");
  private final Set<Peer> unfinished = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(RequestGate::sweeperThread);
  private final ScheduledFuture<?> sweeps;
  private final AtomicInteger connections = new AtomicInteger();
  private final ErrorAnswer errors;
  private final RequestLog log;
  private final Bounds bounds;
  private volatile boolean stopping;

  RequestGate(ErrorAnswer errors, RequestLog log, Bounds bounds) {
    this.errors = errors;
    this.log = log;
    this.bounds = bounds;
    this.sweeps =
        sweeper.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread sweeperThread(Runnable task) {
    Thread thread = new Thread(task, "slow-senders");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  @SuppressWarnings("unchecked") // a TCP connection's address is a SocketAddress
  public NextAction handleAccept(FilterChainContext ctx) {
    Peer peer = new Peer(ctx.getConnection());
    peers.set(ctx.getConnection(), peer);
    int open = connections.incrementAndGet();
    if (open > bounds.connections() + bounds.told()) {
      peer.close();
    } else if (open > bounds.connections()) {
      refuse(
          peer,
          new Failure(
              ErrorCode.UNAVAILABLE,
              "the server has %d connections, and takes no more",
              bounds.connections()));
    }
    return ctx.getInvokeAction();
  }

  @Override
  public NextAction handleClose(FilterChainContext ctx) {
    // The listening socket, which is no peer, closes too.
    Optional.ofNullable(peers.get(ctx.getConnection()))
        .filter(Peer::leave)
        .ifPresent(
            peer -> {
              unfinished.remove(peer);
              connections.decrementAndGet();
            });
    return ctx.getInvokeAction();
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    Peer peer = peers.get(ctx.getConnection());
    Buffer input = ctx.getMessage();
    ByteBuffer bytes = input.toByteBuffer();
    int available = bytes.remaining();
    Optional<byte[]> request = read(peer, bytes);
    input.position(input.position() + available - bytes.remaining());
    if (request.isEmpty()) {
      input.tryDispose();
      return ctx.getStopAction();
    }
    Optional<Buffer> next =
        Optional.of(input).filter(Buffer::hasRemaining).map(rest -> rest.split(rest.position()));
    input.tryDispose();
    ctx.setMessage(Buffers.wrap(ctx.getMemoryManager(), request.get()));
    return next.map(ctx::getInvokeAction).orElseGet(ctx::getInvokeAction);
  }

  private Optional<byte[]> read(Peer peer, ByteBuffer bytes) {
    try {
      Optional<byte[]> request = peer.read(bytes);
      if (request.isPresent() && stopping) {
        throw new Failure(
            ErrorCode.UNAVAILABLE, "the server is shutting down; nothing was changed");
      }
      if (request.isPresent() && log.inFlight() >= bounds.requests()) {
        throw new Failure(
            ErrorCode.UNAVAILABLE,
            "the server has %d requests to answer, and takes no more; nothing was changed",
            bounds.requests());
      }
      track(peer);
      return request;
    } catch (Failure failure) {
      bytes.position(bytes.limit());
      refuse(peer, failure);
      return Optional.empty();
    }
  }

  private void track(Peer peer) {
    if (peer.isUnfinished()) {
      unfinished.add(peer);
    } else {
      unfinished.remove(peer);
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    for (Peer peer : unfinished) {
      try {
        sweep(peer, now);
      } catch (RuntimeException e) { // or no peer would be looked after any more
        LOG.log(System.Logger.Level.ERROR, "a slow sender was not cut off", e);
      }
    }
  }

  private void sweep(Peer peer, long now) {
    if (peer.isToBeClosed(now)) {
      // Here and not in handleClose alone: a peer that had gone before it was refused closes no
      // more.
      unfinished.remove(peer);
      peer.close();
    } else if (peer.isTooSlow(now)) {
      refuse(
          peer,
          new Failure(
              ErrorCode.REQUEST_TIMEOUT,
              "the request did not come whole within %d seconds",
              Peer.SLOWEST_REQUEST.toSeconds()));
    }
  }

  private void refuse(Peer peer, Failure failure) {
    UUID id = UUID.randomUUID();
    unfinished.add(peer);
    long nanos = peer.refuse(withBody -> answer(failure, id, withBody));
    if (nanos >= 0) {
      log.refused(failure.code().status(), nanos, id);
    }
  }

  private byte[] answer(Failure failure, UUID id, boolean withBody) {
    byte[] body = errors.json(failure);
    StringBuilder head = new StringBuilder(256);
    int status = failure.code().status();
    head.append("HTTP/1.1 ").append(status).append(' ');
    head.append(HttpStatus.getHttpStatus(status).getReasonPhrase()).append("\r\n");
    head.append(RequestHandler.REQUEST_ID_HEADER).append(": ").append(id).append("\r\n");
    ErrorAnswer.headers(failure.code())
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Type: application/json\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    head.append("Date: ").append(FastHttpDateFormat.getCurrentDate()).append("\r\n");
    head.append("Connection: close\r\n\r\n");
    byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    int length = withBody ? body.length : 0;
    return ByteBuffer.allocate(headBytes.length + length)
        .put(headBytes)
        .put(body, 0, length)
        .array();
  }

  /**
   * Drops what follows an answer that ends its connection: RFC 9112, 9.6 forbids to process it, and
   * Grizzly would if it has come already.
   */
  HttpServerProbe endOfConnection() {
    return new HttpServerProbe.Adapter() {
      @Override
      @SuppressWarnings("rawtypes") // Grizzly's own signature
      public void onRequestCompleteEvent(
          HttpServerFilter filter, Connection connection, Response response) {
        if (!response.getResponse().getProcessingState().isKeepAlive()) {
          peers.get(connection).end();
        }
      }
    };
  }

  /** Refuses whatever comes from now on; what has passed is not touched. */
  void stop() {
    stopping = true;
  }

  @Override
  public void close() {
    sweeps.cancel(false);
    sweeper.shutdown();
  }
}
