package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.access.Tenancy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of valid configuration files. */
class TenancyFileTest {
  private static final String PROJECT = "89cd04f168b84af6be287f71730fdb4b";
  private static final String CLUSTER = "44b277eb-39be-4921-be31-3d61b43651d7";
  static final String DIGEST = "0123456789abcdef".repeat(4);

  static final String VALID =
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
  void validFileIsRead() throws ConfigurationException {
    Tenancy tenancy = TenancyTexts.tenancy("the configuration f", VALID);
    assertTrue(tenancy.cluster(PROJECT, CLUSTER).isPresent());
    assertFalse(tenancy.cluster(PROJECT, "another").isPresent());
    assertFalse(tenancy.cluster("another", CLUSTER).isPresent());
  }

  @Test
  void clusterSizeDefaultsTo500() throws ConfigurationException {
    assertEquals(500, size(""));
    assertEquals(0.5, size(", size_gb: 0.5"));
    assertEquals(1200, size(", size_gb: 1200"));
    assertEquals(999_999_999.75, size(", size_gb: 999999999.75"));
  }

  private static double size(String entry) throws ConfigurationException {
    return TenancyTexts.tenancy(
            "the configuration f", VALID.replace("name: warehouse-1", "name: warehouse-1" + entry))
        .cluster(PROJECT, CLUSTER)
        .orElseThrow()
        .sizeGb();
  }

  /** YAML 1.1 or 1.2 would read some of these as numbers, dates or booleans. */
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
  void idIsReadAsWritten(String id) throws ConfigurationException {
    String text =
        id.replaceFirst("^(!\\S* |\\|\n *)", "")
            .replaceAll("^['\"](.*)['\"]$", "$1")
            .replace("\\x41", "A");
    String file =
        "projects:\n- clusters: [ { id: c, name: c } ]\n  credentials: []\n  id: " + id + "\n";
    assertTrue(
        TenancyTexts.tenancy("f", file).cluster(text.equals("a") ? "a\n" : text, "c").isPresent(),
        text);
  }

  @Test
  void longNumberIsReadAsText() throws ConfigurationException {
    String name = "9".repeat(100_000);
    TenancyTexts.tenancy("f", VALID.replace("name: warehouse-1", "name: " + name));
    assertTrue(refusal(name).contains("expected a mapping"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "Null", "NULL", "!!null x"})
  void nullIsAMissingValue(String nothing) throws ConfigurationException {
    assertEquals(
        "the configuration f: projects[0].clusters[0].name: missing or empty",
        refusal(VALID.replace("name: warehouse-1", "name: " + nothing)));
    assertEquals(500, size(", size_gb: " + nothing));
  }

  @ParameterizedTest
  @ValueSource(ints = {1021, 1022, 1023, 1024, 2047, 2048, 2049})
  void emojiIsReadAtAnyOffset(int offset) throws ConfigurationException {
    TenancyTexts.tenancy(
        "the configuration f", "#" + "x".repeat(offset) + "\ud83d\ude00\n" + VALID);
  }

  static String refusal(String yaml) {
    return assertThrows(
            ConfigurationException.class, () -> TenancyTexts.tenancy("the configuration f", yaml))
        .getMessage();
  }
}
