package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Any number of clients in one thread. Each creates one snapshot after the other on its own
 * connection, and reconnects if the server closes it.
 */
final class ManyClients {
  private static final String HEAD =
      "POST /v1.0/"
          + DemoTenancy.PROJECT
          + "/snapshots HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n"
          + "Content-Type: application/json\r\nContent-Length: ";

  private final SocketAddress server;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
  private final String prefix = "of-" + Long.toString(System.nanoTime(), 36) + "-";
  private int names;

  ManyClients(URI server) {
    this.server = new InetSocketAddress(server.getHost(), server.getPort());
  }

  /** The number of responses of each status, and the latencies of those with status 200. */
  record Outcome(Map<Integer, Integer> answers, int ended, List<Long> sortedNanos) {
    Set<Integer> statuses() {
      return answers.keySet();
    }

    long p99Nanos() {
      return sortedNanos.isEmpty() ? 0 : sortedNanos.get((int) (sortedNanos.size() * 0.99));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s, %d closed without a response, p99 of 200 %.1f ms",
          answers,
          ended,
          p99Nanos() / 1e6);
    }
  }

  /** The state of one client: when its request was sent, and its response so far. */
  private static final class Client {
    private long began;
    private int status;
    private int missing;
    private boolean closes;
  }

  /** Sends requests from this number of clients at a time, for this duration. */
  Outcome ask(int clients, Duration duration) throws IOException {
    return ask(clients, duration, Integer.MAX_VALUE);
  }

  /** Creates at least this number of snapshots, and few more. */
  void create(int clients, int snapshots) throws IOException {
    Outcome outcome = ask(clients, Duration.ofMinutes(10), snapshots);
    if (!outcome.statuses().equals(Set.of(200))) {
      throw new IOException("not created: " + outcome);
    }
  }

  private Outcome ask(int clients, Duration duration, int most) throws IOException {
    Map<Integer, Integer> answers = new TreeMap<>();
    List<Long> nanos = new ArrayList<>();
    int ended = 0;
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < clients; i++) {
        connect(selector);
      }
      long until = System.nanoTime() + duration.toNanos();
      while (System.nanoTime() < until && nanos.size() < most) {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          Client client = (Client) key.attachment();
          try {
            if (key.isConnectable()) {
              ((SocketChannel) key.channel()).finishConnect();
              send(key, client);
            } else if (hasAnswer(key, client)) {
              answers.merge(client.status, 1, Integer::sum);
              if (client.status == 200) {
                nanos.add(System.nanoTime() - client.began);
              }
              if (client.closes) {
                reconnect(key, selector);
              } else {
                send(key, client);
              }
            }
          } catch (IOException closed) {
            ended++;
            reconnect(key, selector);
          }
        }
        selector.selectedKeys().clear();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    }
    nanos.sort(Long::compare);
    return new Outcome(answers, ended, nanos);
  }

  private void connect(Selector selector) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.connect(server);
    channel.register(selector, SelectionKey.OP_CONNECT, new Client());
  }

  private void reconnect(SelectionKey key, Selector selector) throws IOException {
    key.channel().close();
    connect(selector);
  }

  private void send(SelectionKey key, Client client) throws IOException {
    String body =
        "{\"snapshot\":{\"name\":\""
            + prefix
            + ++names
            + "\",\"cluster_id\":\""
            + DemoTenancy.CLUSTER
            + "\"}}";
    String request = HEAD + body.length() + "\r\n\r\n" + body;
    client.began = System.nanoTime();
    client.status = 0;
    client.missing = 0;
    ((SocketChannel) key.channel())
        .write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
    key.interestOps(SelectionKey.OP_READ);
  }

  /** Whether the response is complete. Expects the head in one piece. */
  private boolean hasAnswer(SelectionKey key, Client client) throws IOException {
    buffer.clear();
    int read = ((SocketChannel) key.channel()).read(buffer);
    if (read < 0) {
      throw new IOException("connection closed without a response");
    }
    if (client.status == 0) {
      String text = new String(buffer.array(), 0, read, StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n") + 4;
      String head = text.substring(0, end).toLowerCase(Locale.ROOT);
      int length = head.indexOf("content-length: ") + "content-length: ".length();
      client.status = Integer.parseInt(text.substring(9, 12));
      client.closes = head.contains("connection: close");
      client.missing = end + Integer.parseInt(head.substring(length, head.indexOf("\r\n", length)));
    }
    client.missing -= read;
    return client.missing == 0;
  }
}
