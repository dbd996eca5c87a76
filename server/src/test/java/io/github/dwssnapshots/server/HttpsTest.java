package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import io.github.dwssnapshots.server.config.TlsKey;
import io.github.dwssnapshots.server.http.Bounds;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks HTTPS. */
class HttpsTest {
  private static final String PATH = "/v1.0/" + DemoTenancy.PROJECT + "/snapshots";

  @TempDir static Path folder;
  private static SSLContext client;
  private static SnapshotServer server;

  @BeforeAll
  static void start() throws Exception {
    Path keystore = TestKeystore.create(folder.resolve("tls.p12"));
    KeyStore trusted = KeyStore.getInstance(keystore.toFile(), TestKeystore.PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    Settings settings = Settings.demo(folder).withTls(TlsKey.read(keystore, TestKeystore.PASSWORD));
    Bounds usual = Bounds.ofProcess(true);
    Bounds bounds =
        new Bounds(
            usual.connections(),
            usual.requests(),
            Duration.ofSeconds(3), // for a request, and for a handshake
            usual.idle(),
            usual.write(),
            usual.stop());
    server = SnapshotServer.start(settings, bounds, Clock.systemUTC());
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(client)
        .build()
        .send(
            HttpRequest.newBuilder(server.uri().resolve(path))
                .header("X-Auth-Token", DemoTenancy.TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static SSLSocket socket(String protocol) throws IOException {
    SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", server.uri().getPort());
    socket.setEnabledProtocols(new String[] {protocol});
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String exchange(SSLSocket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    byte[] answer = new byte[64];
    int length = socket.getInputStream().read(answer);
    return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static String list() {
    return "GET " + PATH + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo-token\r\n\r\n";
  }

  @Test
  void requestsAreServed() throws Exception {
    assertEquals("https", server.uri().getScheme());
    assertEquals(200, get(PATH).statusCode());
    assertEquals(404, get(PATH + "/none").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void currentVersionsAreServed(String protocol) throws IOException {
    try (SSLSocket socket = socket(protocol)) {
      assertTrue(exchange(socket, list()).startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void rejectionsAreEncrypted() throws IOException {
    try (SSLSocket socket = socket("TLSv1.3")) {
      assertTrue(exchange(socket, "GET /\r\n\r\n").startsWith("HTTP/1.1 400 "));
    }
    try (SSLSocket socket = socket("TLSv1.3")) {
      assertTrue(exchange(socket, "GET / HTTP/1.1\r\n").startsWith("HTTP/1.1 408 "));
    }
  }

  @Test
  void renegotiationEndsTheConnection() throws IOException {
    try (SSLSocket socket = socket("TLSv1.2")) {
      assertTrue(exchange(socket, list()).startsWith("HTTP/1.1 200 "));
      IOException ended =
          assertThrows(
              IOException.class,
              () -> {
                socket.startHandshake();
                while (socket.getInputStream().read() >= 0) {}
              });
      assertFalse(ended instanceof SocketTimeoutException, "the server waits");
    }
  }

  @Test
  void plainHttpIsClosedAndLogged() throws Exception {
    try (RecordedLog log = new RecordedLog("io.github.dwssnapshots.server.http.Handshakes");
        RawPeer peer = new RawPeer(server.uri()).send(list())) {
      assertTrue(peer.isClosedByServer());
      assertTrue(
          log.messages()
              .contains("no TLS handshake: Unrecognized SSL message, plaintext connection?"),
          log.messages()::toString);
    }
  }

  /** The JDK quotes the server name that a client sends. */
  @Test
  void clientCannotForgeLogLines() throws Exception {
    try (RecordedLog log = new RecordedLog("io.github.dwssnapshots.server.http.Handshakes");
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      socket.getOutputStream().write(clientHello("x\nforged line"));
      while (socket.getInputStream().read() >= 0) {}
      List<String> messages = log.messages();
      assertTrue(
          messages.stream().anyMatch(line -> line.contains("x\\u000aforged line")),
          messages::toString);
      assertTrue(messages.stream().noneMatch(line -> line.contains("\n")), messages::toString);
    }
  }

  private static byte[] clientHello(String serverName) {
    byte[] name = serverName.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer hello = ByteBuffer.allocate(200);
    hello.put(new byte[] {22, 3, 1}).putShort((short) (4 + 43 + 4 + 5 + name.length));
    hello.put((byte) 1).put((byte) 0).putShort((short) (43 + 4 + 5 + name.length));
    hello.putShort((short) 0x0303).put(new byte[32]).put((byte) 0); // random, no session
    hello.putShort((short) 2).putShort((short) 0xc02b).put(new byte[] {1, 0}); // a cipher suite
    hello.putShort((short) (4 + 5 + name.length)); // extensions: the server name
    hello.putShort((short) 0).putShort((short) (5 + name.length));
    hello.putShort((short) (3 + name.length)).put((byte) 0).putShort((short) name.length).put(name);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  @Test
  void unfinishedHandshakesDelayNobodyAndAreClosed() throws Exception {
    byte[] recordHeader = {22, 3, 1, 2, 0, 1};
    List<Socket> unfinished = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(recordHeader, 0, i % (recordHeader.length + 1));
        unfinished.add(socket);
      }
      assertEquals(200, get(PATH).statusCode());
      unfinished.get(0).setSoTimeout(1);
      assertThrows(
          SocketTimeoutException.class,
          () -> unfinished.get(0).getInputStream().read(),
          "the request was served before the handshakes ended");
      unfinished.get(0).setSoTimeout(20_000);
      for (Socket socket : unfinished) {
        InputStream in = socket.getInputStream();
        assertEquals(-1, in.read());
      }
    } finally {
      for (Socket socket : unfinished) {
        socket.close();
      }
    }
  }
}
