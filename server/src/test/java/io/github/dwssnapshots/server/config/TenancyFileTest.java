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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    Tenancy tenancy = TenancyFile.parse("f", SOUND);
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
    return TenancyFile.parse("f", SOUND.replace("name: warehouse-1", "name: warehouse-1" + entry))
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
        "~",
        "[]",
        "''"
      })
  void whatIsNoSizeIsAFault(String size) {
    String message =
        refusal(SOUND.replace("name: warehouse-1", "name: warehouse-1, size_gb: " + size));
    assertTrue(message.matches("(?s).*(number of GB|size_gb must be).*"), message);
  }

  @Test
  void whatYamlTakesForANumberStaysTheText() throws ConfigurationException {
    Tenancy tenancy =
        TenancyFile.parse("f", SOUND.replace("id: 89cd04f168b84af6be287f71730fdb4b", "id: 007"));
    assertTrue(tenancy.cluster("007", CLUSTER).isPresent());
  }

  @Test
  void allFaultsAreToldWithTheirPlace() {
    String message =
        refusal(
            """
            projects:
              - id: p
                cluster: []
                clusters:
                  - { id: c, name: one }
                  - { id: c, name: two }
                  - { id: %s }
                  - { id: d, name: three, size_gb: -1, colour: red }
                  - c
                credentials:
                  - { name: a, token_sha256: "my-secret-token", actions: [ "dws:openAPISnapshot:creat" ] }
                  - { name: b, token_sha256: "%s", actions: ~ }
                  - { name: c, token_sha256: "%s", actions: [] }
              - id: p
                clusters: {}
                credentials: []
            more: x
            """
                .formatted("x".repeat(65), DIGEST, DIGEST));
    List<String> lines = message.lines().map(String::strip).toList();
    assertEquals(
        List.of(
            "the configuration f cannot be used:",
            "line 3, column 5: a project has no \"cluster\"; it has clusters, credentials, id",
            "line 6, column 15: there is another cluster with this id",
            "line 7, column 9: a cluster needs name",
            "line 7, column 15: the id has more than 64 characters",
            "line 8, column 40: this is not a number of GB, more than 0 and less than a thousand million",
            "line 8, column 44: a cluster has no \"colour\"; it has id, name, size_gb",
            "line 9, column 9: a cluster must be a mapping with id, name",
            "line 11, column 34: this is not 64 hex digits; make them with: printf %s \"$TOKEN\" | sha256sum | cut -c 1-64",
            "line 11, column 64: there is no action \"dws:openAPISnapshot:creat\"; there is "
                + actions(),
            "line 12, column 111: actions must be a list",
            "line 13, column 34: another credential of the project has the same token",
            "line 14, column 9: there is another project with this id",
            "line 15, column 15: clusters must be a list",
            "line 17, column 1: the file has no \"more\"; it has projects"),
        lines);
    assertFalse(message.contains("my-secret-token"), message);
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
    assertTrue(message.startsWith("the configuration f "), message);
    assertFalse(message.contains("Exception"), message);
  }

  @Test
  void whatIsNotYamlIsToldWithWhereItBegan() {
    String message = refusal("projects:\n- id: \"p\n  clusters: []\n");
    assertTrue(
        message.contains("while scanning a quoted scalar that begins at line 2, column 7"),
        message);
  }

  @Test
  void noValueIsNoText() {
    String message = refusal(SOUND.replace("name: warehouse-1", "name: ~"));
    assertTrue(message.contains("name must be a text that is not empty"), message);
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
    assertTrue(reading(folder.resolve("none")).contains("none"));
    assertTrue(reading(folder).contains(folder.toString()));
    Path latin1 = Files.write(folder.resolve("latin1"), new byte[] {(byte) 0xe4});
    assertTrue(reading(latin1).contains("is not UTF-8"));
  }

  @Test
  void whatAttacksTheReaderIsRefusedInWords() {
    assertTrue(refusal("projects: " + "[".repeat(4000)).contains("nested too deep"));
    assertEquals(
        "the configuration f has an alias (a name after a *) of a list or a mapping; write that out",
        refusal("projects:\n- &p { id: p, clusters: [x], credentials: [] }\n- *p"));
    assertTrue(refusal("projects: [" + "x,".repeat(100_000) + "x]").endsWith("and 99951 more"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1021, 1022, 1023, 1024, 2047, 2048, 2049})
  void anEmojiMayStandAnywhere(int offset) throws ConfigurationException {
    TenancyFile.parse("f", "#" + "x".repeat(offset) + "\ud83d\ude00\n" + SOUND);
  }

  private static String actions() {
    return Arrays.stream(Action.values()).map(Action::iamName).collect(Collectors.joining(", "));
  }

  private static String refusal(String yaml) {
    return assertThrows(ConfigurationException.class, () -> TenancyFile.parse("f", yaml))
        .getMessage();
  }

  private static String reading(Path file) {
    return assertThrows(ConfigurationException.class, () -> TenancyFile.read(file)).getMessage();
  }
}
