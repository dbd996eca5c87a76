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

/** A client that sends any bytes and reads the responses one by one. */
final class RawPeer implements AutoCloseable {
  /** Longer than a list can wait for a thread, while clients that do not read are cut off. */
  private static final int TIMEOUT_MILLIS = 45_000;

  private final Socket socket;
  private final InputStream in;
  private boolean willClose;

  /** A response. Names of headers are in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {}

  RawPeer(URI server) throws IOException {
    socket = new Socket();
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawPeer send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Closes the client's side of the connection. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads the next response. A status of 100 counts as a response. */
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

  /** Whether the last response announced the end of the connection. */
  boolean willClose() {
    return willClose;
  }

  /** Reads until the server closes the connection. */
  String everything() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Reads and discards this number of bytes. */
  RawPeer skip(int bytes) throws IOException {
    in.skipNBytes(bytes);
    return this;
  }

  /** Reads up to this text. Returns false if the connection ends before it. */
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

  /** Resets the connection, as a killed client does. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Whether the server closes the connection without sending another byte. */
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
