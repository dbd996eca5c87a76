package io.github.dwssnapshots.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends any bytes, and reads one answer after the other. */
final class RawPeer implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;
  private boolean willClose;

  /** An answer. Names of headers are in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {}

  RawPeer(URI server) throws IOException {
    this(server, new Socket());
  }

  private RawPeer(URI server, Socket fresh) throws IOException {
    socket = fresh;
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** One for which the system keeps next to nothing that it does not read. */
  static RawPeer thatTakesLittle(URI server) throws IOException {
    Socket narrow = new Socket();
    narrow.setReceiveBufferSize(4096);
    return new RawPeer(server, narrow);
  }

  RawPeer send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Tells the server that nothing follows. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** The next answer, with an interim one of 100 counted as an answer. */
  Answer answer() throws IOException {
    String status = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    willClose = "close".equalsIgnoreCase(headers.get("connection"));
    byte[] body =
        headers.containsKey("transfer-encoding")
            ? chunks()
            : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Answer(
        Integer.parseInt(status.split(" ", -1)[1]),
        headers,
        new String(body, StandardCharsets.UTF_8));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.write(in.readNBytes(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  /** Whether the last answer said that the server closes the connection. */
  boolean willClose() {
    return willClose;
  }

  /** All that the server sends until it ends the connection. */
  String everything() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Reads so many bytes, and drops them. */
  RawPeer skip(int bytes) throws IOException {
    in.skipNBytes(bytes);
    return this;
  }

  /** Reads on until this text has come; false where the server ends the connection before. */
  boolean skipTo(String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    int matched = 0;
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        matched = b == wanted[matched] ? matched + 1 : b == wanted[0] ? 1 : 0;
        if (matched == wanted.length) {
          return true;
        }
      }
    } catch (SocketException reset) {
      return false;
    }
    return false;
  }

  /** Ends the connection with a reset, as a client does that is killed. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Whether the server ends the connection without a further byte. */
  boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the server closed the connection after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
