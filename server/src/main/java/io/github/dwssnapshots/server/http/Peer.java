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
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;

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
  private State state = State.READING;
  private RequestReader reader = new RequestReader();
  private Optional<Exchange> exchange = Optional.empty();
  private ByteBuffer kept = NOTHING;
  private boolean paused;
  private boolean continued;
  private boolean sending;
  private boolean left;

  /** When it began what it does now, by {@link System#nanoTime()}. */
  private long since = System.nanoTime();

  Peer(Connection<SocketAddress> connection) {
    this.connection = connection;
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
   * Takes in what has come, up to the end of a request.
   *
   * @param onEnd for the exchange
   * @return the request, once it is whole; what follows it is kept, and no more is read before the
   *     answer
   * @throws Failure when the connection can only be refused
   */
  synchronized Optional<Exchange> read(ByteBuffer in, BiConsumer<Exchange, String> onEnd) {
    if (state == State.ENDING) {
      return Optional.empty();
    }
    if (reader.isEmpty()) {
      since = System.nanoTime();
    }
    if (!reader.read(in)) {
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
    kept = in.hasRemaining() ? copy(in) : NOTHING;
    pause();
    return exchange;
  }

  private static ByteBuffer copy(ByteBuffer in) {
    return ByteBuffer.allocate(in.remaining()).put(in).flip();
  }

  /** What was read beyond the last request. */
  synchronized ByteBuffer kept() {
    return kept;
  }

  /** Reads nothing before the answer: who sends on without reading holds no more than that. */
  private void pause() {
    if (!paused) {
      paused = true;
      interest(() -> connection.disableIOEvent(IOEvent.READ));
    }
  }

  /** Reads on, once nothing is kept that would have to be served first. */
  synchronized void resume() {
    kept = NOTHING;
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
    connection.write(
        Buffers.wrap(connection.getMemoryManager(), bytes),
        new EmptyCompletionHandler<WriteResult<Buffer, SocketAddress>>() {
          @Override
          public void completed(WriteResult<Buffer, SocketAddress> written) {
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

  /** Whether nothing is to be waited for any longer, or to be said. */
  synchronized boolean isToBeClosed(long now) {
    return switch (state) {
      case READING -> reader.isEmpty() && isPast(LONGEST_IDLE, now);
      case ANSWERING -> sending && isPast(LONGEST_STALL, now);
      case ENDING -> isPast(LINGER, now);
    };
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
      unanswered = exchange;
    }
    unanswered.ifPresent(Exchange::giveUp);
    return true;
  }

  void close() {
    connection.closeSilently();
  }
}
