package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Failure;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;

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

  private static final System.Logger LOG = System.getLogger(Peer.class.getName());

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** From the first byte of a request to its last. */
  static final Duration SLOWEST_REQUEST = Duration.ofSeconds(10);

  /** How long a connection may lie idle; clients keep theirs for less. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(75);

  /** How long a client may take to read a piece of its answer, some 40 KiB. */
  private static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  /**
   * How long what a client still sends after the last answer is read and dropped. A close with
   * bytes unread resets the connection, and the client would lose the answer (RFC 9112, 9.6).
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /**
   * Of the socket. Left to itself Linux lets it grow to 4 MiB, and says that there is room again
   * when a third of it is free: who reads less than 80 KB/s would be taken for stalled, and each
   * who does not read would cost that much.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private final Connection<SocketAddress> connection;
  private final AtomicLong gathered;
  private State state = State.READING;
  private RequestReader reader = new RequestReader();
  private Optional<Exchange> exchange = Optional.empty();
  private ByteBuffer kept = NOTHING;
  private boolean serving;
  private boolean inputEnded;
  private boolean paused;
  private boolean continued;
  private boolean sending;
  private boolean left;
  private int held;

  /** When it began what it does now, by {@link System#nanoTime()}. */
  private long since = System.nanoTime();

  /**
   * @param gathered what all of them hold of unfinished requests; this one adds its own
   */
  Peer(Connection<SocketAddress> connection, AtomicLong gathered) {
    this.connection = connection;
    this.gathered = gathered;
  }

  /** Bounds what the socket keeps for it. */
  void bound() {
    try {
      channel().setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
    } catch (IOException gone) {
      close();
    }
  }

  private SocketChannel channel() {
    return (SocketChannel) ((NIOConnection) connection).getChannel();
  }

  /**
   * Reads what has come.
   *
   * @param in empty, and has what was read afterwards
   * @return whether it is to be served now. Otherwise there is nothing, or whoever serves what came
   *     before will find it
   */
  synchronized boolean read(ByteBuffer in) {
    int bytes;
    try {
      bytes = channel().read(in);
    } catch (IOException reset) {
      close();
      return false;
    }
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
      pause();
    } else if (inputEnded) {
      close();
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
    hold(whole ? 0 : reader.held());
    if (!whole) {
      if (reader.awaitsContinue() && !continued) {
        continued = true;
        write(CONTINUE, () -> {});
      }
      return Optional.empty();
    }
    state = State.ANSWERING;
    exchange = Optional.of(new Exchange(this, reader.head(), reader.body(), onEnd));
    reader = new RequestReader();
    continued = false;
    kept = joined(in, kept);
    return exchange;
  }

  private void hold(int bytes) {
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
    if (more.hasRemaining() && state == State.READING) {
      return Optional.of(more);
    }
    serving = false;
    if (inputEnded) {
      close();
    } else {
      resume();
    }
    return Optional.empty();
  }

  private void pause() {
    if (!paused) {
      paused = true;
      interest(() -> connection.disableIOEvent(IOEvent.READ));
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      interest(() -> connection.enableIOEvent(IOEvent.READ));
    }
  }

  private interface Interest {
    void change() throws IOException;
  }

  private void interest(Interest interest) {
    try {
      interest.change();
    } catch (IOException gone) {
      close();
    }
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
    write(
        bytes,
        () -> {
          synchronized (this) {
            sending = false;
          }
          then.run();
        });
  }

  private void write(byte[] bytes, Runnable then) {
    TCPNIOTransport transport = (TCPNIOTransport) connection.getTransport();
    transport
        .getAsyncQueueIO()
        .getWriter()
        .write(
            connection,
            Buffers.wrap(transport.getMemoryManager(), bytes),
            new EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>>() {
              @Override
              public void completed(WriteResult<WritableMessage, SocketAddress> written) {
                then.run();
              }
            });
  }

  /** The exchange has been answered. */
  synchronized void answered(boolean last) {
    exchange = Optional.empty();
    since = System.nanoTime();
    state = last ? State.ENDING : State.READING;
    if (last) {
      endOutput();
    }
  }

  /**
   * The same for a request that is still not whole after its time, which is looked at once more.
   */
  synchronized OptionalLong refuseLate(long now, Function<Boolean, byte[]> answer) {
    return isTooSlow(now) ? refuse(answer) : OptionalLong.empty();
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
    write(answer.apply(!reader.isHeadRequest()), this::endOutput);
    reader = new RequestReader();
    hold(0);
    return OptionalLong.of(since - began);
  }

  private void endOutput() {
    try {
      channel().shutdownOutput();
    } catch (IOException gone) {
      close();
    }
  }

  synchronized boolean isTooSlow(long now) {
    return state == State.READING && !reader.isEmpty() && isPast(SLOWEST_REQUEST, now);
  }

  /** Ends the connection where nothing is to be waited for any longer, or to be said. */
  synchronized void cutOffIfStalled(long now) {
    boolean stalled =
        switch (state) {
          case READING -> !serving && reader.isEmpty() && isPast(LONGEST_IDLE, now);
          case ANSWERING -> sending && isPast(LONGEST_STALL, now);
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
      hold(0);
      unanswered = exchange;
    }
    unanswered.ifPresent(Exchange::giveUp);
    return true;
  }

  /** Once what is being sent has been taken. */
  void close() {
    connection.closeSilently();
  }

  /**
   * Ends the connection at once, where a close would wait for a client that does not read. In the
   * middle of an answer by a reset: to HTTP/1.0 an orderly end is that of the answer (RFC 9112, 8).
   */
  synchronized void cutOff() {
    try {
      if (state == State.ANSWERING) {
        channel().setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the client has ended the connection itself", gone);
    }
    connection.terminateSilently();
  }
}
