package io.github.dwssnapshots.server.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;

/**
 * The socket of a client, by Grizzly. Nothing here waits; a socket that fails is closed, and
 * Grizzly tells the gate. Its {@link Peer} sees to it that one thread at a time reads, pauses and
 * resumes; the rest is safe for any, and of two who write at once one comes after the other.
 */
final class ClientSocket {
  private static final System.Logger LOG = System.getLogger(ClientSocket.class.getName());

  /**
   * Left to itself Linux lets it grow to 4 MiB, and says that there is room again when a third of
   * it is free: who reads less than 80 KB/s would be taken for stalled, and each who does not read
   * would cost that much.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private final Connection<SocketAddress> connection;
  private boolean paused;

  ClientSocket(Connection<SocketAddress> connection) {
    this.connection = connection;
  }

  private SocketChannel channel() {
    return (SocketChannel) ((NIOConnection) connection).getChannel();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void orClose(Work work) {
    try {
      work.run();
    } catch (IOException gone) {
      close();
    }
  }

  /** Bounds what the system keeps of answers that the client does not read. */
  void boundSendBuffer() {
    orClose(() -> channel().setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES));
  }

  /** How many bytes were read; -1 where the client has ended its output. */
  int read(ByteBuffer in) {
    try {
      return channel().read(in);
    } catch (IOException reset) {
      close();
      return 0;
    }
  }

  void pause() {
    if (!paused) {
      paused = true;
      orClose(() -> connection.disableIOEvent(IOEvent.READ));
    }
  }

  void resume() {
    if (paused) {
      paused = false;
      orClose(() -> connection.enableIOEvent(IOEvent.READ));
    }
  }

  /**
   * Sends, and then does what follows; never where the client has gone.
   *
   * @param then on whichever thread sees that the system has taken the last byte
   */
  void write(byte[] bytes, Runnable then) {
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

  /** Nothing more will be sent. */
  void endOutput() {
    orClose(() -> channel().shutdownOutput());
  }

  /** Once what is being sent has been taken. */
  void close() {
    connection.closeSilently();
  }

  /**
   * At once, where {@link #close} would wait for a client that does not read.
   *
   * @param midAnswer by a reset: to HTTP/1.0 an orderly end is that of the answer (RFC 9112, 8)
   */
  void cutOff(boolean midAnswer) {
    try {
      if (midAnswer) {
        channel().setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the client has ended the connection itself", gone);
    }
    connection.terminateSilently();
  }
}
