package io.github.dwssnapshots.server.http;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * One request that is whole, until its answer has been sent or its client has gone. Belongs to one
 * thread at a time, but for {@link #giveUp}, {@link #makeLast}, {@link #settleLast} and {@link
 * #arrivesSecond}.
 */
final class Exchange {
  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final Peer peer;
  private final RequestHead head;
  private final byte[] body;
  private final BiConsumer<Exchange, String> onEnd;
  private final UUID id = freshId();
  private final long began = System.nanoTime();
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private final AtomicBoolean met = new AtomicBoolean();
  private boolean last;
  private boolean settled;

  /**
   * @param onEnd is told, once, how it ended: the status of the answer, or "gone"
   */
  Exchange(Peer peer, RequestHead head, byte[] body, BiConsumer<Exchange, String> onEnd) {
    this.peer = peer;
    this.head = head;
    this.body = body;
    this.onEnd = onEnd;
    this.last = !head.keepAlive();
  }

  /** A UUID of version 4. It names a request and guards nothing, so any random bits will do. */
  static UUID freshId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(
        (random.nextLong() & ~0xf000L) | VERSION_4, (random.nextLong() >>> 2) | VARIANT);
  }

  Peer peer() {
    return peer;
  }

  RequestHead head() {
    return head;
  }

  byte[] body() {
    return body;
  }

  UUID id() {
    return id;
  }

  /** Since the request was whole. */
  long nanos() {
    return System.nanoTime() - began;
  }

  boolean isHead() {
    return head.method().equals("HEAD");
  }

  /** Whether the connection ends with this answer. Its head says so: who asks first, decides. */
  synchronized boolean settleLast() {
    settled = true;
    return last;
  }

  /** The connection is to end with this answer, unless it has been said that it does not. */
  synchronized void makeLast() {
    last |= !settled;
  }

  /** Sends the whole answer, or its last piece. */
  void answer(int status, byte[] answer) {
    send(answer, () -> end(String.valueOf(status)));
  }

  /** Sends a piece of the answer; does what follows once there is room for more. */
  void send(byte[] piece, Runnable then) {
    peer.send(piece, then);
  }

  /** The client has gone before it was answered. */
  void giveUp() {
    synchronized (this) {
      last = true;
    }
    end("gone");
  }

  private void end(String how) {
    if (hasEnded.compareAndSet(false, true)) {
      onEnd.accept(this, how);
    }
  }

  /** No more can be sent of the answer; its client sees that by the end of the connection. */
  void breakOff() {
    peer.cutOff();
  }

  /**
   * Two meet here, who may be one and the same thread: the one that has handed the request on, and
   * the one that has ended the answer. True for the second, which goes on with the next request; so
   * that a thousand requests that are answered at once do not make a stack of a thousand.
   */
  boolean arrivesSecond() {
    return !met.compareAndSet(false, true);
  }
}
