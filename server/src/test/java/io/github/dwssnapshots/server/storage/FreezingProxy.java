package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A proxy between a server and its database that can stop forwarding, like a hanging network or
 * machine: connections stay open, and new ones are accepted.
 */
final class FreezingProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Semaphore running = new Semaphore(1);
  private final int port;
  private volatile long loginMillis;

  FreezingProxy(int port) throws IOException {
    this.port = port;
    start(this::accept);
  }

  private interface Carrying {
    void run() throws IOException, InterruptedException;
  }

  private static void start(Carrying carrying) {
    Thread thread =
        new Thread(
            () -> {
              try {
                carrying.run();
              } catch (IOException | InterruptedException ended) {
                return;
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      sockets.addAll(List.of(client, server));
      start(() -> carry(client, server));
      start(
          () -> {
            Thread.sleep(loginMillis);
            carry(server, client);
          });
    }
  }

  private void carry(Socket from, Socket to) throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] bytes = new byte[8192];
    for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
      running.acquire();
      running.release();
      out.write(bytes, 0, length);
    }
    to.close();
  }

  /** Delays the first response on each new connection. */
  void delayLogins(Duration time) {
    loginMillis = time.toMillis();
  }

  void freeze() throws InterruptedException {
    running.acquire();
  }

  void thaw() {
    running.release();
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
