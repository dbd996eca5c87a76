package io.github.dwssnapshots.server.config;

import static io.github.dwssnapshots.server.config.TenancyFileTest.DIGEST;
import static io.github.dwssnapshots.server.config.TenancyFileTest.VALID;
import static io.github.dwssnapshots.server.config.TenancyFileTest.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages about invalid configuration files. */
class TenancyErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.0",
        "-1",
        "+1",
        "1e3",
        "1_000",
        ".5",
        "5.",
        "NaN",
        "many",
        "1000000000",
        "[]",
        "''"
      })
  void invalidSizeIsReported(String size) {
    String message =
        refusal(VALID.replace("name: warehouse-1", "name: warehouse-1, size_gb: " + size));
    assertTrue(message.contains("size_gb: expected a "), message);
  }

  @Test
  void allInvalidValuesAreReportedWithTheirPaths() {
    String message =
        refusal(
            """
            projects:
              - id: p
                clusters:
                  - { id: c, name: one }
                  - { id: c, name: two }
                  - { id: %s }
                  - { id: d, name: '', size_gb: -1 }
                  - { name: e }
                credentials:
                  - { name: a, token_sha256: "my-secret-token", actions: [ "dws:openAPISnapshot:creat" ] }
                  - { name: b, token_sha256: "%s", actions: ~ }
                  - { name: c, token_sha256: "%s", actions: [] }
                  - { name: d, actions: [] }
              - id: p
                clusters: []
            """
                .formatted("x".repeat(65), DIGEST, DIGEST.toUpperCase(Locale.ROOT)));
    String hex = "expected 64 hex digits, from: printf %s \"$TOKEN\" | sha256sum | cut -c 1-64";
    assertEquals(
        List.of(
            "the configuration f has 12 errors:",
            "projects[0].clusters[1].id: duplicate id",
            "projects[0].clusters[2].id: the id has more than 64 characters",
            "projects[0].clusters[2].name: missing or empty",
            "projects[0].clusters[3].name: missing or empty",
            "projects[0].clusters[3].size_gb: expected a number of GB above 0 and below 1000000000, e.g. 500 or 120.5",
            "projects[0].clusters[4].id: the id is empty",
            "projects[0].credentials[0].token_sha256: " + hex,
            "projects[0].credentials[0].actions[0]: unknown action \"dws:openAPISnapshot:creat\"; allowed: "
                + Arrays.stream(Action.values()).map(Action::iamName).toList(),
            "projects[0].credentials[2].token_sha256: another credential of the project has the same token",
            "projects[0].credentials[3]: expected exactly one of token_sha256, token, access_key",
            "projects[1].id: duplicate id",
            "projects[1].credentials: a list is required"),
        message.lines().map(String::strip).toList());
  }

  /** Reading stops at the first error of syntax or type. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "projects: x | line 1, column 1, projects: expected a list",
        "projects: {} | line 1, column 1, projects: expected a list",
        "projects: [ x ] | line 1, column 13, projects[0]: expected a mapping",
        "projects: [ [] ] | line 1, column 13, projects[0]: expected a mapping",
        "projects: [ ~ ] | line 1, column 13, projects[0]: expected a mapping",
        "projects: [ { id: [] } ] | line 1, column 15, projects[0].id: expected a string",
        "projects: [ { id: {} } ] | line 1, column 15, projects[0].id: expected a string",
        "projects: [ { clusters: '' } ] | line 1, column 15, projects[0].clusters: expected a list",
        "projects: [ { credentials: [ { actions: [ ~ ] } ] } ] | line 1, column 43, projects[0].credentials[0].actions[0]: expected a string",
        "projects: [ { clusters: [ { colour: red } ] } ] | line 1, column 29, projects[0].clusters[0].colour: unknown property; allowed: [creation_time, id, name, outcome, size_gb]",
        "projects: [ { id: p, id: q } ] | line 1, column 24: duplicate property \"id\"",
        "[] | line 1, column 1, the file: expected a mapping",
        "x | line 1, column 1, the file: expected a mapping",
        "projects: &a [ *a ] | line 1, column 18: aliases are not supported; write the value out",
        "projects: [ *b ] | line 1, column 15: aliases are not supported; write the value out",
        "? [a] | line 1, column 4: Expected a field name (Scalar value in YAML)",
        "projects: [ | line 1, column 12: not YAML: expected the node content, but found '<stream end>' (while parsing a flow node at line 1, column 12)",
      })
  void firstSyntaxErrorIsReportedWithItsPosition(String yaml, String fault) {
    assertEquals("the configuration f: " + fault, refusal(yaml));
  }

  @Test
  void digestOfAnUnsetVariableIsReported() {
    String unset = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assertTrue(refusal(VALID.replace(DIGEST, unset)).contains("was TOKEN set?"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "~",
        "x",
        "[]",
        "{}",
        "projects: []",
        "projects: [",
        "projects:\n\t- x",
        "projects: [ ~ ]",
        "a: &a [ *a ]",
        "projects: &a [ *a ]",
        "? [a]\n: b",
        "--- \na: b\n---\nc: d",
        "projects: []\nprojects: []",
        "\u0000",
        "projects: [ { id: '', clusters: [], credentials: [] } ]"
      })
  void invalidTenancyHasAReadableMessage(String yaml) {
    String message = refusal(yaml);
    assertTrue(message.startsWith("the configuration f"), message);
    assertFalse(message.contains("Exception"), message);
  }

  @Test
  void yamlErrorNamesItsStart() {
    String message = refusal("projects:\n- id: \"p\n  clusters: []\n");
    assertTrue(message.contains("(while scanning a quoted scalar at line 2, column 7)"), message);
  }

  @Test
  void unreadableFileIsNamed(@TempDir Path folder) throws IOException {
    assertTrue(reading(folder.resolve("none")).contains("none"));
    assertTrue(reading(folder).contains(folder.toString()));
    Path latin1 = Files.write(folder.resolve("latin1"), new byte[] {(byte) 0xe4});
    assertTrue(reading(latin1).contains("is not UTF-8"));
    Path empty = Files.writeString(folder.resolve("empty"), "# nothing\n---\n");
    assertTrue(reading(empty).endsWith("empty is empty"));
    Path large = Files.writeString(folder.resolve("large"), " ".repeat((1 << 20) + 1));
    assertTrue(reading(large).contains("has more than 1048576 bytes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{", "{a: ", "[a, ", "- ", "? ", "!!x ", "&a "})
  void deepNestingIsReportedInOneLine(String opening) {
    for (String before : List.of("", "projects: ", "x: ", "? ")) {
      String message = refusal(before + opening.repeat(200_000));
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void longListOfErrorsIsTruncated() {
    String projects = "{clusters: [], credentials: []},".repeat(20_000);
    String message = refusal("projects: [" + projects + "]");
    assertEquals(52, message.lines().count(), message);
    assertTrue(message.contains("has 20000 errors") && message.endsWith("and 19950 more"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\U99999999\"",
        "\"\\UFFFFFFFF\"",
        "\"\\U00999999\"",
        "\"\\uD800\"",
        "%YAML 9.9\n--- x",
        "!!float x"
      })
  void unusualDocumentHasAMessageWithoutClassNames(String yaml) {
    for (String text : List.of(yaml, "projects: " + yaml, "projects: [{id: " + yaml + "}]")) {
      String message = refusal(text);
      assertFalse(message.contains("Exception") || message.contains("org."), message);
    }
  }

  private static String reading(Path file) {
    return assertThrows(ConfigurationException.class, () -> TenancyFile.read(file, name -> null))
        .getMessage();
  }
}
