package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;

/**
 * Stands on Grizzly's transport, and is all of its chain: reads by itself, since Grizzly's filter
 * closes the connection of a client that has ended its output. A request passes once all of it is
 * there and is well-formed, so that a slow sender holds no thread, and while there is room for one
 * more. All others are refused here, with the one error body. A connection has one request at a
 * time.
 */
final class RequestGate extends BaseFilter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RequestGate.class.getName());

  private static final long SWEEP_MILLIS = 500;

  private static final long LOOK_MILLIS = 10;

  /** Between two requests that a client has sent at once it looks idle for a moment. */
  private static final int IDLE_LOOKS = 10;

  /** What is read at once; what a client sends beyond it waits in the socket's own buffer. */
  private static final int READ_BYTES = 16 * 1024;

  private final Attribute<Peer> peerOf =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(RequestGate.class.getName() + ".peer");
  private final ThreadLocal<ByteBuffer> buffers =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(READ_BYTES));
  private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(RequestGate::sweeperThread);
  private final ScheduledFuture<?> sweeps;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong gathered = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final BiConsumer<Exchange, String> onEnd = this::ended;
  private final Consumer<Exchange> handler;
  private final ErrorAnswer errors;
  private final Bounds bounds;
  private volatile boolean stopping;

  /** Since the last sweep somebody found no room. */
  private volatile boolean crowded;

  /**
   * @param handler answers what passes, at once or later, on whichever thread; must not wait
   */
  RequestGate(Consumer<Exchange> handler, ErrorAnswer errors, Bounds bounds) {
    this.handler = handler;
    this.errors = errors;
    this.bounds = bounds;
    this.sweeps =
        sweeper.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread sweeperThread(Runnable task) {
    Thread thread = new Thread(task, "slow-peers");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  @SuppressWarnings("unchecked") // a TCP connection's address is a SocketAddress
  public NextAction handleAccept(FilterChainContext ctx) {
    ClientSocket socket = new ClientSocket(ctx.getConnection());
    Peer peer = new Peer(socket, gathered);
    peerOf.set(ctx.getConnection(), peer);
    peers.add(peer);
    int open = connections.incrementAndGet();
    socket.boundSendBuffer();
    if (open > bounds.connections() + bounds.told()) {
      peer.cutOff();
    } else if (open > bounds.connections()) {
      refuse(
          peer,
          new Failure(
              ErrorCode.UNAVAILABLE,
              "the server has %d connections, and takes no more",
              bounds.connections()));
    }
    return ctx.getStopAction();
  }

  @Override
  public NextAction handleClose(FilterChainContext ctx) {
    // The listening socket, which is no peer, closes too.
    Optional.ofNullable(peerOf.get(ctx.getConnection()))
        .filter(Peer::leave)
        .ifPresent(
            peer -> {
              peers.remove(peer);
              connections.decrementAndGet();
            });
    return ctx.getStopAction();
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    Peer peer = peerOf.get(ctx.getConnection());
    ByteBuffer bytes = buffers.get().clear();
    if (peer.read(bytes)) {
      serve(peer, bytes);
    }
    return ctx.getStopAction();
  }

  /** One request after the other, until one is not whole yet or is answered later. */
  private void serve(Peer peer, ByteBuffer bytes) {
    for (var more = Optional.of(bytes); more.isPresent(); more = peer.more()) {
      Optional<Exchange> next = take(peer, more.get());
      next.ifPresent(this::pass);
      if (next.isPresent() && !next.get().arrivesSecond()) {
        return;
      }
    }
  }

  private Optional<Exchange> take(Peer peer, ByteBuffer bytes) {
    try {
      Optional<Exchange> next = peer.take(bytes, onEnd);
      if (next.isEmpty() && gathered.get() > bounds.gatheredBytes()) {
        throw new Failure(
            ErrorCode.UNAVAILABLE, "too much is unfinished of other requests; nothing was changed");
      }
      return next;
    } catch (Failure failure) {
      refuse(peer, failure);
      return Optional.empty();
    }
  }

  private void pass(Exchange exchange) {
    int open = inFlight.incrementAndGet(); // before the look: see stop()
    if (stopping) {
      exchange.makeLast();
      refuse(exchange, "the server is shutting down");
    } else if (open > bounds.requests()) {
      crowded = true;
      refuse(
          exchange,
          "the server has " + bounds.requests() + " requests to answer, and takes no more");
    } else {
      handler.accept(exchange);
    }
  }

  private void refuse(Exchange exchange, String why) {
    Failure failure = new Failure(ErrorCode.UNAVAILABLE, "%s; nothing was changed", why);
    exchange.answer(failure.code().status(), errors.answer(failure, exchange));
  }

  private void ended(Exchange exchange, String how) {
    inFlight.decrementAndGet();
    RequestLog.ended(exchange, how);
    exchange.peer().answered(exchange.settleLast());
    if (exchange.arrivesSecond()) {
      exchange.peer().more().ifPresent(more -> serve(exchange.peer(), more));
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    Duration longestStall = crowded ? Peer.LONGEST_STALL_IN_THE_WAY : Peer.LONGEST_STALL;
    crowded = false;
    for (Peer peer : peers) {
      try {
        sweep(peer, now, longestStall);
      } catch (Throwable e) { // even an Error: else no peer would be looked after any more
        tell(e);
      }
    }
  }

  private static void tell(Throwable defect) {
    try {
      LOG.log(System.Logger.Level.ERROR, "a slow peer was not cut off", defect);
    } catch (Throwable e) { // no memory even for that: the next sweep may find some again
      defect.addSuppressed(e);
    }
  }

  private void sweep(Peer peer, long now, Duration longestStall) {
    synchronized (peer) { // or a request that comes just now would be refused with it
      peer.cutOffIfStalled(now, longestStall);
      if (peer.isTooSlow(now)) {
        refuse(
            peer,
            new Failure(
                ErrorCode.REQUEST_TIMEOUT,
                "the request did not come whole within %d seconds",
                Peer.SLOWEST_REQUEST.toSeconds()));
      }
    }
  }

  private void refuse(Peer peer, Failure failure) {
    UUID id = Exchange.freshId();
    peer.refuse(withBody -> errors.answer(failure, id, withBody, true))
        .ifPresent(nanos -> RequestLog.refused(failure.code().status(), nanos, id));
  }

  /** Refuses whatever comes from now on; what has passed is the last of its connection. */
  void stop() {
    stopping = true;
    peers.forEach(Peer::makeLast);
  }

  /**
   * Waits until each client that is being answered has got its answers, or so long. A close before
   * would reset the connection of one that sends on, and lose them.
   */
  void awaitIdle(Duration longest) throws InterruptedException {
    long until = System.nanoTime() + longest.toNanos();
    for (int idle = 0; idle < IDLE_LOOKS; idle = isBusy() ? 0 : idle + 1) {
      if (System.nanoTime() > until) {
        LOG.log(
            System.Logger.Level.WARNING,
            "clients that have not read all of their answers, or have none yet, are cut off");
        peers.forEach(Peer::cutOff); // in the middle of an answer so that they see it
        return;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private boolean isBusy() {
    return inFlight.get() > 0 || peers.stream().anyMatch(Peer::isBusy);
  }

  @Override
  public void close() {
    sweeps.cancel(false);
    sweeper.shutdown();
  }
}
