package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.TestKeystore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsKeyTest {
  @TempDir static Path folder;

  @Test
  void unusableKeystoreIsReported() throws Exception {
    Path keystore = TestKeystore.create(folder.resolve("tls.p12"));
    Path text = Files.writeString(folder.resolve("text.p12"), "text");
    Path certificate = folder.resolve("certificate.pem");
    Path noKey = folder.resolve("no-key.p12");
    TestKeystore.keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "server",
        "-keystore",
        keystore.toString(),
        "-storepass",
        TestKeystore.PASSWORD,
        "-file",
        certificate.toString());
    TestKeystore.keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "server",
        "-file",
        certificate.toString(),
        "-keystore",
        noKey.toString(),
        "-storepass",
        TestKeystore.PASSWORD);
    assertReported(keystore, "wrong", " does not open with this password");
    assertReported(keystore, "", " does not open with this password");
    assertReported(noKey, TestKeystore.PASSWORD, " has no private key");
    assertReported(text, TestKeystore.PASSWORD, " is not a readable PKCS#12 file");
    assertReported(folder, TestKeystore.PASSWORD, " is not a readable PKCS#12 file");
    assertReported(folder.resolve("none"), TestKeystore.PASSWORD, " does not exist");
  }

  private static void assertReported(Path file, String password, String reason) {
    assertEquals(
        "the keystore " + file + reason,
        assertThrows(ConfigurationException.class, () -> TlsKey.read(file, password)).getMessage());
  }
}
