package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that fail: the exit code is 2, and one line of stderr names the reason. */
class StartFailureIT {
  @TempDir Path folder;

  private String refusal(List<String> environment, String... arguments) throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, environment, arguments)) {
      assertEquals(2, server.exitCode());
      assertEquals("", server.rest());
      String errors = server.errors();
      assertEquals(1, errors.lines().count(), errors);
      assertTrue(errors.startsWith("snapshots-server: "), errors);
      assertFalse(errors.contains("Exception"), errors);
      return errors;
    }
  }

  @Test
  void failedStartIsReportedInOneLine() throws Exception {
    assertTrue(refusal(List.of(), "--port", "80").contains("unknown option --port;"));
    assertTrue(refusal(List.of(), "secret").contains("unexpected argument number 1;"));
    assertTrue(refusal(List.of(), "--data").contains("'--data'"));
    assertTrue(refusal(List.of(), "--listen", "0.0.0.0:0").contains("the demo token is public"));
    assertTrue(refusal(List.of("SNAPSHOTS_LISTEN=x")).contains("HOST:PORT"));
    assertTrue(refusal(List.of(), "--config", "none.yaml").contains("none.yaml"));
    assertTrue(
        refusal(List.of(), "--database", "jdbc:postgresql://u:secret@h/x").contains("PGUSER"));
    assertTrue(
        refusal(List.of("SNAPSHOTS_DATABASE=jdbc:postgresql://h/x?sslmod=x"))
            .contains("unknown option in the database URL"));
    Path file = Files.createFile(folder.resolve("file"));
    assertTrue(
        refusal(List.of("SNAPSHOTS_TLS_PASSWORD=secret"), "--tls-keystore", file.toString())
            .endsWith(" is not a readable PKCS#12 file\n"));
    assertTrue(
        refusal(List.of("SNAPSHOTS_TLS_KEYSTORE=tls.p12")).contains("SNAPSHOTS_TLS_PASSWORD"));
    assertTrue(
        refusal(List.of(), "--listen", "127.0.0.1:0", "--data", file.toString()).contains("file"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      String message = refusal(List.of(), "--listen", listen, "--data", "d");
      assertTrue(
          message.contains(listen) && message.contains("; --listen sets another address"), message);
    }
    try (ServerProcess first = ServerProcess.serving(folder, "--data", "shared")) {
      assertTrue(
          refusal(List.of(), "--listen", "127.0.0.1:0", "--data", "shared")
              .contains("another server uses the data directory"));
      first.terminate();
    }
  }

  @Test
  void unusableTemporaryDirectoryIsReported() throws Exception {
    List<String> none = List.of("JDK_JAVA_OPTIONS=-Djava.io.tmpdir=" + folder.resolve("none"));
    try (ServerProcess server = ServerProcess.start(folder, none, "--listen", "127.0.0.1:0")) {
      assertEquals(2, server.exitCode());
      String errors = server.errors();
      assertEquals(
          2, errors.lines().count(), errors); // the JDK prints the first, about the variable
      assertTrue(
          errors.contains("java -Djava.io.tmpdir=DIR sets another temporary directory"), errors);
    }
  }

  @Test
  void unencodableWorkingDirectoryIsReported() throws Exception {
    Path odd = Files.createDirectory(folder.resolve("stra\u00dfe"));
    List<String> ascii = List.of("LC_ALL=C");
    try (ServerProcess server = ServerProcess.start(odd, ascii, "--listen", "127.0.0.1:0")) {
      assertEquals(2, server.exitCode());
      assertTrue(server.errors().endsWith("set LC_ALL=C.UTF-8, or start in another directory\n"));
      assertEquals(1, server.errors().lines().count(), server.errors());
    }
    try (ServerProcess server = ServerProcess.serving(odd, List.of("LC_ALL=C.UTF-8"))) {
      assertTrue(server.uri().getPort() > 0);
      assertTrue(Files.exists(odd.resolve("snapshots-data")));
    }
  }

  @Test
  void allConfigurationErrorsAreReported() throws Exception {
    Files.writeString(folder.resolve("bad.yaml"), "projects:\n  - id: p\n");
    try (ServerProcess server = ServerProcess.start(folder, List.of(), "--config", "bad.yaml")) {
      assertEquals(2, server.exitCode());
      assertEquals(
          """
          snapshots-server: the configuration bad.yaml has 2 errors:
            projects[0].clusters: a list is required
            projects[0].credentials: a list is required
          """,
          server.errors());
    }
  }

  @Test
  void directoryStaysLockedAfterAFailedStart() throws Exception {
    Path data = folder.resolve("d");
    try (SnapshotServer first = SnapshotServer.start(Settings.demo(data))) {
      assertThrows(IOException.class, () -> SnapshotServer.start(Settings.demo(data)));
      assertTrue(
          refusal(List.of(), "--listen", "127.0.0.1:0", "--data", data.toString())
              .contains("another server uses the data directory"));
      assertTrue(first.uri().getPort() > 0);
    }
  }
}
