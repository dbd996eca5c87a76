package io.github.dwssnapshots.server.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * One connection: what has come of its next request, since when, and whether it has been refused.
 * Used by the thread that reads and by the one that looks after slow senders.
 */
final class Peer {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** From the first byte of a request to its last. */
  static final Duration SLOWEST_REQUEST = Duration.ofSeconds(10);

  /**
   * How long what a refused client still sends is read and dropped. A close with bytes unread
   * resets the connection, and the client would lose the answer that tells it what was wrong (RFC
   * 9112, 9.6).
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /**
   * Of the socket. Left to itself Linux lets it grow to 4 MiB, and says that there is room again
   * when a third of it is free: who reads less than 80 KB/s would be taken for stalled, and each
   * who does not read would cost that much.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private final Connection<SocketAddress> connection;
  private RequestReader reader = new RequestReader();
  private boolean continued;
  private boolean refused;
  private boolean ended;

  /**
   * By {@link System#nanoTime()}: the first byte of an unfinished request, or the refusal; before
   * that, when the peer came.
   */
  private long since = System.nanoTime();

  private boolean left;

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

  /** The connection has ended; true the first time. */
  synchronized boolean leave() {
    boolean first = !left;
    left = true;
    return first;
  }

  /**
   * Takes in what has come.
   *
   * @return the request, once it is whole; what follows it is left
   * @throws io.github.dwssnapshots.server.error.Failure when the connection can only be refused
   */
  synchronized Optional<byte[]> read(ByteBuffer in) {
    if (refused || ended) {
      in.position(in.limit());
      return Optional.empty();
    }
    if (reader.isEmpty()) {
      since = System.nanoTime();
    }
    if (reader.read(in)) {
      byte[] request = reader.request();
      reader = new RequestReader();
      continued = false;
      return Optional.of(request);
    }
    if (reader.awaitsContinue() && !continued) {
      continued = true;
      connection.write(
          Buffers.wrap(connection.getMemoryManager(), CONTINUE), new EmptyCompletionHandler<>());
    }
    return Optional.empty();
  }

  /** Whether the peer owes the rest of a request, or is about to be closed. */
  synchronized boolean isUnfinished() {
    return refused || !reader.isEmpty();
  }

  synchronized boolean isTooSlow(long now) {
    return !refused && !reader.isEmpty() && now - since > SLOWEST_REQUEST.toNanos();
  }

  synchronized boolean isToBeClosed(long now) {
    return refused && now - since > LINGER.toNanos();
  }

  /**
   * The connection ends with the answer that has just been given; nothing more is taken from it.
   */
  synchronized void end() {
    ended = true;
  }

  /**
   * Sends the answer, and nothing after it.
   *
   * @param answer makes the answer, with its body or, for HEAD, without
   * @return how many nanoseconds the request took, or -1 where the peer has been refused already
   */
  synchronized long refuse(Function<Boolean, byte[]> answer) {
    if (refused) {
      return -1;
    }
    refused = true;
    long began = since;
    since = System.nanoTime();
    connection.write(
        Buffers.wrap(connection.getMemoryManager(), answer.apply(!reader.isHeadRequest())),
        new EmptyCompletionHandler<WriteResult<Buffer, SocketAddress>>() {
          @Override
          public void completed(WriteResult<Buffer, SocketAddress> written) {
            endOutput();
          }
        });
    return since - began;
  }

  private void endOutput() {
    try {
      channel().shutdownOutput();
    } catch (IOException gone) {
      close();
    }
  }

  void close() {
    connection.closeSilently();
  }
}
