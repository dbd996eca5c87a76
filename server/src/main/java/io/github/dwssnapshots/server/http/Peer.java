package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One connection: what has come of its next request, or the exchange that is to be answered, and
 * since when. Used by whoever reads or answers, one at a time, and by the one that looks after
 * those who are slow.
 */
final class Peer {
  private enum State {
    READING,
    ANSWERING,
    /** The last answer has been given; what still comes is dropped. */
    ENDING
  }

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** From the first byte of a request to its last. */
  static final Duration SLOWEST_REQUEST = Duration.ofSeconds(10);

  /** How long a connection may lie idle; clients keep theirs for less. */
  static final Duration LONGEST_IDLE = Duration.ofSeconds(75);

  /** How long a client may take to read a piece of its answer, some 40 KiB. */
  static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  /** The same while others are refused for want of room. */
  static final Duration LONGEST_STALL_IN_THE_WAY = Duration.ofSeconds(2);

  /**
   * How long what a client still sends after the last answer is read and dropped. A close with
   * bytes unread resets the connection, and the client would lose the answer (RFC 9112, 9.6).
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final ClientSocket socket;
  private final AtomicLong gathered;
  private State state = State.READING;
  private RequestReader reader = new RequestReader();
  private Optional<Exchange> exchange = Optional.empty();
  private ByteBuffer kept = NOTHING;
  private boolean serving;
  private boolean inputEnded;
  private boolean continued;
  private boolean sending;
  private boolean left;
  private int held;

  /** When it began what it does now, by {@link System#nanoTime()}. */
  private long since = System.nanoTime();

  /**
   * @param gathered what all of them hold of requests that cannot be served yet; this one adds its
   *     own
   */
  Peer(ClientSocket socket, AtomicLong gathered) {
    this.socket = socket;
    this.gathered = gathered;
  }

  /**
   * Reads what has come.
   *
   * @param in empty, and has what was read afterwards
   * @return whether it is to be served now. Otherwise there is nothing, or whoever serves what came
   *     before will find it
   */
  synchronized boolean read(ByteBuffer in) {
    int bytes = socket.read(in);
    in.flip();
    if (state == State.ENDING && bytes >= 0) {
      return false;
    }
    if (!serving && bytes > 0) {
      serving = true;
      return true;
    }
    inputEnded |= bytes < 0;
    if (serving) { // who sends on before it has its answer is not read any further
      kept = joined(kept, in);
      count();
      socket.pause();
    } else if (inputEnded) {
      socket.close();
    }
    return false;
  }

  /**
   * Takes what belongs to the next request.
   *
   * @param onEnd for the exchange
   * @return the request, once it is whole; what follows it is kept
   * @throws Failure when the connection can only be refused
   */
  synchronized Optional<Exchange> take(ByteBuffer in, BiConsumer<Exchange, String> onEnd) {
    if (state == State.ENDING || left) { // of one that has left nobody would end the exchange
      return Optional.empty();
    }
    if (reader.isEmpty()) {
      since = System.nanoTime();
    }
    boolean whole = reader.read(in);
    if (!whole) {
      count();
      if (reader.awaitsContinue() && !continued) {
        continued = true;
        socket.write(CONTINUE, () -> {});
      }
      return Optional.empty();
    }
    state = State.ANSWERING;
    exchange = Optional.of(new Exchange(this, reader.head(), reader.body(), onEnd));
    reader = new RequestReader();
    continued = false;
    kept = joined(in, kept);
    count();
    return exchange;
  }

  /** What has come of a request that is not whole, and what waits behind one that is answered. */
  private void count() {
    int bytes = left ? 0 : reader.held() + kept.capacity();
    if (bytes != held) {
      gathered.addAndGet(bytes - held);
      held = bytes;
    }
  }

  /** Of two buffers that are not used any more. */
  private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
    int bytes = first.remaining() + second.remaining();
    return bytes == 0 ? NOTHING : ByteBuffer.allocate(bytes).put(first).put(second).flip();
  }

  /** What has come meanwhile, to be served next; without, nobody serves until more is read. */
  synchronized Optional<ByteBuffer> more() {
    ByteBuffer more = kept;
    kept = NOTHING;
    count();
    if (more.hasRemaining() && state == State.READING) {
      return Optional.of(more);
    }
    serving = false;
    if (inputEnded) {
      socket.close();
    } else {
      socket.resume();
    }
    return Optional.empty();
  }

  /**
   * Sends, and then does what follows; never where the client has gone.
   *
   * @param then on whichever thread sees that the socket has taken the last byte
   */
  void send(byte[] bytes, Runnable then) {
    synchronized (this) {
      sending = true;
      since = System.nanoTime();
    }
    socket.write(
        bytes,
        () -> {
          synchronized (this) {
            sending = false;
          }
          then.run();
        });
  }

  /** Nothing is served after what is being answered, unless its answer has said otherwise. */
  synchronized void makeLast() {
    exchange.ifPresent(Exchange::makeLast);
  }

  /** Whether there is something to be answered, or the client may still be reading its answers. */
  synchronized boolean isBusy() {
    return serving || state == State.ENDING;
  }

  /** The exchange has been answered. */
  synchronized void answered(boolean last) {
    exchange = Optional.empty();
    since = System.nanoTime();
    state = last ? State.ENDING : State.READING;
    if (last) {
      socket.endOutput();
    }
  }

  /**
   * Refuses what has come of a request, and whatever would follow.
   *
   * @param answer makes the answer, with its body or, for HEAD, without
   * @return how many nanoseconds the request took; empty where there is none to refuse any more
   */
  synchronized OptionalLong refuse(Function<Boolean, byte[]> answer) {
    if (state != State.READING) {
      return OptionalLong.empty();
    }
    state = State.ENDING;
    long began = since;
    since = System.nanoTime();
    socket.write(answer.apply(!reader.isHeadRequest()), socket::endOutput);
    reader = new RequestReader();
    kept = NOTHING;
    count();
    return OptionalLong.of(since - began);
  }

  synchronized boolean isTooSlow(long now) {
    return state == State.READING && !reader.isEmpty() && isPast(SLOWEST_REQUEST, now);
  }

  /**
   * Ends the connection where nothing is to be waited for any longer, or to be said.
   *
   * @param longestStall how long it may take to read a piece of its answer
   */
  synchronized void cutOffIfStalled(long now, Duration longestStall) {
    boolean stalled =
        switch (state) {
          case READING -> !serving && reader.isEmpty() && isPast(LONGEST_IDLE, now);
          case ANSWERING -> sending && isPast(longestStall, now);
          case ENDING -> isPast(LINGER, now);
        };
    if (stalled) {
      cutOff();
    }
  }

  private boolean isPast(Duration bound, long now) {
    return now - since > bound.toNanos();
  }

  /** The connection has ended; true the first time. */
  boolean leave() {
    Optional<Exchange> unanswered;
    synchronized (this) {
      if (left) {
        return false;
      }
      left = true;
      count();
      unanswered = exchange;
    }
    unanswered.ifPresent(Exchange::giveUp);
    return true;
  }

  /** Ends the connection at once; in the middle of an answer so that the client sees it. */
  synchronized void cutOff() {
    socket.cutOff(state == State.ANSWERING);
  }
}
