package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
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

class TenancyFileTest {
  private static final String PROJECT = "89cd04f168b84af6be287f71730fdb4b";
  private static final String CLUSTER = "44b277eb-39be-4921-be31-3d61b43651d7";
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private static final String SOUND =
      """
      projects:
        - id: 89cd04f168b84af6be287f71730fdb4b
          clusters:
            - { id: 44b277eb-39be-4921-be31-3d61b43651d7, name: warehouse-1 }
          credentials:
            - { name: ci, token_sha256: "%s", actions: [ "dws:openAPISnapshot:create" ] }
      """
          .formatted(DIGEST);

  @Test
  void aSoundFile() throws ConfigurationException {
    Tenancy tenancy = TenancyFile.parse("the configuration f", SOUND);
    assertTrue(tenancy.cluster(PROJECT, CLUSTER).isPresent());
    assertFalse(tenancy.cluster(PROJECT, "another").isPresent());
    assertFalse(tenancy.cluster("another", CLUSTER).isPresent());
  }

  @Test
  void aClusterHasItsSizeOr500() throws ConfigurationException {
    assertEquals(500, size(""));
    assertEquals(0.5, size(", size_gb: 0.5"));
    assertEquals(1200, size(", size_gb: 1200"));
    assertEquals(999_999_999.75, size(", size_gb: 999999999.75"));
  }

  private static double size(String entry) throws ConfigurationException {
    return TenancyFile.parse(
            "the configuration f", SOUND.replace("name: warehouse-1", "name: warehouse-1" + entry))
        .cluster(PROJECT, CLUSTER)
        .orElseThrow()
        .sizeGb();
  }

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
  void whatIsNoSizeIsAFault(String size) {
    String message =
        refusal(SOUND.replace("name: warehouse-1", "name: warehouse-1, size_gb: " + size));
    assertTrue(message.contains("size_gb: expected a "), message);
  }

  /** Each is an id as written, whatever it is to YAML 1.1 or 1.2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "007",
        "0_",
        "0o17",
        "0b11",
        "0x1F",
        "0x_",
        "1_000",
        "+1",
        "-0",
        "1e3",
        "1.50",
        ".5",
        ".inf",
        "190:20:30",
        "1:30",
        "2026-11-28",
        "2026-11-28T10:00:00Z",
        "true",
        "no",
        "Yes",
        "y",
        "nULL",
        "=",
        "<<",
        "a#b",
        "a:b",
        "89e5",
        "!!str 12",
        "!!int 0x_",
        "!!binary x",
        "! ~",
        "\"~\"",
        "'null'",
        "\"\\x41\"",
        "|\n     a",
        "12345678901234567890123456789012345678901234567890"
      })
  void anIdIsTheTextAsWritten(String id) throws ConfigurationException {
    String text =
        id.replaceFirst("^(!\\S* |\\|\n *)", "")
            .replaceAll("^['\"](.*)['\"]$", "$1")
            .replace("\\x41", "A");
    String file =
        "projects:\n- clusters: [ { id: c, name: c } ]\n  credentials: []\n  id: " + id + "\n";
    assertTrue(
        TenancyFile.parse("f", file).cluster(text.equals("a") ? "a\n" : text, "c").isPresent(),
        text);
  }

  @Test
  void aLongNumberIsATextToo() throws ConfigurationException {
    String name = "9".repeat(100_000);
    TenancyFile.parse("f", SOUND.replace("name: warehouse-1", "name: " + name));
    assertTrue(refusal(name).contains("expected a mapping"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "Null", "NULL", "!!null x"})
  void nullIsAMissingValue(String nothing) throws ConfigurationException {
    assertEquals(
        "the configuration f: projects[0].clusters[0].name: required, and not empty",
        refusal(SOUND.replace("name: warehouse-1", "name: " + nothing)));
    assertEquals(500, size(", size_gb: " + nothing));
  }

  @Test
  void theFaultsOfMeaningAreToldTogetherWithTheirPaths() {
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
            "the configuration f has 13 faults:",
            "projects[0].clusters[1].id: another one has the same id",
            "projects[0].clusters[2].id: the id has more than 64 characters",
            "projects[0].clusters[2].name: required, and not empty",
            "projects[0].clusters[3].name: required, and not empty",
            "projects[0].clusters[3].size_gb: expected a number of GB above 0 and below 1000000000, e.g. 500 or 120.5",
            "projects[0].clusters[4].id: the id is empty",
            "projects[0].credentials[0].token_sha256: " + hex,
            "projects[0].credentials[0].actions[0]: unknown action \"dws:openAPISnapshot:creat\"; allowed: "
                + Arrays.stream(Action.values()).map(Action::iamName).toList(),
            "projects[0].credentials[1].actions: a list is required",
            "projects[0].credentials[2].token_sha256: another credential of the project has the same token",
            "projects[0].credentials[3].token_sha256: " + hex,
            "projects[1].id: another one has the same id",
            "projects[1].credentials: a list is required"),
        message.lines().map(String::strip).toList());
  }

  /** Of syntax and shape, the first fault. */
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
        "projects: [ { id: [] } ] | line 1, column 15, projects[0].id: expected a text",
        "projects: [ { id: {} } ] | line 1, column 15, projects[0].id: expected a text",
        "projects: [ { clusters: '' } ] | line 1, column 15, projects[0].clusters: expected a list",
        "projects: [ { credentials: [ { actions: [ ~ ] } ] } ] | line 1, column 43, projects[0].credentials[0].actions[0]: expected a text",
        "projects: [ { clusters: [ { colour: red } ] } ] | line 1, column 29, projects[0].clusters[0].colour: unknown property; allowed: [id, name, size_gb]",
        "projects: [ { id: p, id: q } ] | line 1, column 24: Duplicate field 'id'",
        "[] | line 1, column 1, the file: expected a mapping",
        "x | line 1, column 1, the file: expected a mapping",
        "projects: &a [ *a ] | line 1, column 18: aliases are not supported; write the value out",
        "projects: [ *b ] | line 1, column 15: aliases are not supported; write the value out",
        "? [a] | line 1, column 4: Expected a field name (Scalar value in YAML)",
        "projects: [ | line 1, column 12: not YAML: expected the node content, but found '<stream end>' (while parsing a flow node at line 1, column 12)",
      })
  void theFirstFaultOfSyntaxOrShapeIsToldWithItsPlace(String yaml, String fault) {
    assertEquals("the configuration f: " + fault, refusal(yaml));
  }

  @Test
  void theDigestOfAVariableThatIsNotSetIsToldAsSuch() {
    String unset = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assertTrue(refusal(SOUND.replace(DIGEST, unset)).contains("was TOKEN set?"));
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
  void whatIsNoTenancyIsRefusedInWords(String yaml) {
    String message = refusal(yaml);
    assertTrue(message.startsWith("the configuration f"), message);
    assertFalse(message.contains("Exception"), message);
  }

  @Test
  void whatIsNotYamlIsToldWithWhereItBegan() {
    String message = refusal("projects:\n- id: \"p\n  clusters: []\n");
    assertTrue(message.contains("(while scanning a quoted scalar at line 2, column 7)"), message);
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
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
  void deepNestingIsOneLine(String opening) {
    for (String before : List.of("", "projects: ", "x: ", "? ")) {
      String message = refusal(before + opening.repeat(200_000));
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void manyFaultsAreCut() {
    String projects = "{clusters: [], credentials: []},".repeat(20_000);
    String message = refusal("projects: [" + projects + "]");
    assertEquals(52, message.lines().count(), message);
    assertTrue(message.contains("has 20000 faults") && message.endsWith("and 19950 more"), message);
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
  void anOddDocumentIsOneLine(String yaml) {
    for (String text : List.of(yaml, "projects: " + yaml, "projects: [{id: " + yaml + "}]")) {
      String message = refusal(text);
      assertFalse(message.contains("Exception") || message.contains("org."), message);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1021, 1022, 1023, 1024, 2047, 2048, 2049})
  void anEmojiMayStandAnywhere(int offset) throws ConfigurationException {
    TenancyFile.parse("the configuration f", "#" + "x".repeat(offset) + "\ud83d\ude00\n" + SOUND);
  }

  private static String refusal(String yaml) {
    return assertThrows(
            ConfigurationException.class, () -> TenancyFile.parse("the configuration f", yaml))
        .getMessage();
  }

  private static String reading(Path file) {
    return assertThrows(ConfigurationException.class, () -> TenancyFile.read(file)).getMessage();
  }
}
