package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.RecordedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and access keys in the configuration file. */
class CredentialRulesTest {
  private static String file(String... credentials) {
    StringBuilder file = new StringBuilder("projects:\n");
    for (int i = 0; i < credentials.length; i++) {
      file.append("  - { id: p").append(i).append(", clusters: [], credentials: [");
      file.append(credentials[i]).append("] }\n");
    }
    return file.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ name: a, token: my-secret }",
        "{ name: a, access_key: KEY, secret_key: my-secret }",
        "{ name: a, access_key: KEY, secret_key_env: SECRET, actions: [] }",
        "{ name: a, access_key: K1, secret_key: x }, { name: b, access_key: K2, secret_key: x }",
        "{ name: a, access_key: K1, secret_key: x }, { name: b, token: K1 }"
      })
  void validCredentialIsAccepted(String credentials) throws ConfigurationException {
    TenancyTexts.tenancy("f", file(credentials));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name: a | : expected exactly one of token_sha256, token, access_key",
        "name: a, token: my-secret, access_key: K | : expected exactly one of token_sha256, token, access_key",
        "name: a, token: '' | .token: missing or empty",
        "name: a, token: my-secret, secret_key: my-secret | : secret_key and secret_key_env need access_key",
        "name: a, access_key: K | : expected exactly one of secret_key, secret_key_env",
        "name: a, access_key: K, secret_key: my-secret, secret_key_env: SECRET | : expected exactly one of secret_key, secret_key_env",
        "name: a, access_key: K, secret_key: '' | .secret_key: missing or empty",
        "name: a, access_key: K, secret_key_env: NONE | .secret_key_env: the variable is not set",
        "name: a, access_key: 'K/my-secret', secret_key: x | .access_key: expected 1 to 128 letters, digits, '.', '_' or '-'",
      })
  void faultyCredentialIsReportedWithoutItsSecret(String credential, String fault) {
    String message =
        assertThrows(
                ConfigurationException.class,
                () -> TenancyTexts.tenancy("f", file("{ " + credential + " }")))
            .getMessage();
    assertEquals("f: projects[0].credentials[0]" + fault, message);
    assertFalse(message.contains("my-secret"), message);
  }

  @Test
  void accessKeyHasOneSecretKey() {
    String one = "{ name: a, access_key: K, secret_key: my-secret }";
    String other = "{ name: a, access_key: K, secret_key: other-secret }";
    assertEquals(
        "f: projects[1].credentials[0].access_key: has another secret key in another project",
        assertThrows(
                ConfigurationException.class, () -> TenancyTexts.tenancy("f", file(one, other)))
            .getMessage());
    for (String second : List.of(one, other)) {
      assertEquals(
          "f: projects[0].credentials[1].access_key: another credential of the project has the same"
              + " access key",
          assertThrows(
                  ConfigurationException.class,
                  () -> TenancyTexts.tenancy("f", file(one + ", " + second)))
              .getMessage());
    }
  }

  @Test
  void fileWithSecretsThatOthersCanReadIsWarnedAbout(@TempDir Path folder) throws Exception {
    try (RecordedLog log = new RecordedLog(TenancyFile.class.getName())) {
      Path file =
          Files.writeString(folder.resolve("f.yaml"), file("{ name: a, token: my-secret }"));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      TenancyFile.read(file, name -> null);
      assertEquals(0, warnings(log, file));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      TenancyFile.read(file, name -> null);
      assertEquals(1, warnings(log, file));
    }
  }

  private static long warnings(RecordedLog log, Path file) {
    return log.messages().stream()
        .filter(line -> line.contains(file + " has secrets, and other users can read it"))
        .count();
  }
}
