package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.RecordedLog;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.fault.Fault;
import io.github.dwssnapshots.server.fault.Fault.Drop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults and outcomes in the configuration file. */
class FaultRulesTest {
  private static String with(String... faults) {
    return TenancyFileTest.VALID + "faults:\n  - " + String.join("\n  - ", faults) + "\n";
  }

  @Test
  void faultsAreRead() throws ConfigurationException {
    String yaml =
        with(
            "{ operation: createSnapshot, status: 503, times: 2 }",
            "{ operation: showSnapshot, delay: 3s, every: 10 }",
            "{ operation: createSnapshot, drop: after, times: 1 }",
            "{ operation: listSnapshots, drop: before }");
    assertEquals(
        List.of(
            Fault.status("createSnapshot", 503).times(2),
            Fault.delay("showSnapshot", Duration.ofSeconds(3)).every(10),
            Fault.drop("createSnapshot", Drop.AFTER).times(1),
            Fault.drop("listSnapshots", Drop.BEFORE)),
        TenancyTexts.configuration("f", yaml).faults());
    assertEquals(List.of(), TenancyTexts.configuration("f", TenancyFileTest.VALID).faults());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { operation: nothing, status: 503 } | unknown operation; allowed: [createSnapshot, delete
          { operation: showSnapshot, status: 429 } | the contract has no error response with this
          { operation: showSnapshot, status: 200 } | the contract has no error response with this
          { operation: showSnapshot, status: many } | status: expected a number
          { operation: showSnapshot, delay: 301s } | allowed delays: 0 to 5 minutes
          { operation: showSnapshot, delay: soon } | delay: expected a number and ms, s, m or h
          { operation: showSnapshot, drop: now } | drop: expected before or after
          { operation: showSnapshot, drop: after, status: 503 } | exactly one of status, delay, drop
          { operation: showSnapshot } | expected exactly one of status, delay, drop
          { status: 503 } | operation is missing
          { operation: showSnapshot, status: 503, times: 0 } | every and times must be at least 1
          { operation: showSnapshot, status: 503, every: -1 } | every: expected a number
          """)
  void invalidFaultIsReportedWithItsPath(String fault, String reason) {
    String good = "{ operation: showSnapshot, delay: 5m }";
    ConfigurationException rejected =
        assertThrows(
            ConfigurationException.class,
            () -> TenancyTexts.configuration("the file", with(good, fault)));
    String message = rejected.getMessage();
    assertTrue(message.startsWith("the file: faults[1]: "), message);
    assertTrue(message.contains(reason), message);
  }

  private static Cluster cluster(String members) throws ConfigurationException {
    String yaml = TenancyFileTest.VALID.replace("warehouse-1", "warehouse-1" + members);
    return TenancyTexts.tenancy("f", yaml)
        .cluster("89cd04f168b84af6be287f71730fdb4b", "44b277eb-39be-4921-be31-3d61b43651d7")
        .orElseThrow();
  }

  @Test
  void clusterHasItsOwnOutcomeAndCreationTime() throws ConfigurationException {
    assertFalse(cluster("").fails());
    assertEquals(Optional.empty(), cluster("").creationTime());
    assertFalse(cluster(", outcome: AVAILABLE").fails());
    assertTrue(cluster(", outcome: UNAVAILABLE").fails());
    assertEquals(Optional.of(Duration.ofHours(24)), cluster(", creation_time: 24h").creationTime());
    assertThrows(ConfigurationException.class, () -> cluster(", outcome: CREATING"));
    assertThrows(ConfigurationException.class, () -> cluster(", creation_time: 25h"));
  }

  @Test
  void fileWithFaultsIsWarnedAbout(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("faulty.yaml"), with("{ operation: showSnapshot, status: 500 }"));
    try (RecordedLog log = new RecordedLog(TenancyFile.class.getName())) {
      TenancyFile.read(file, name -> null);
      assertTrue(
          log.messages()
              .contains(
                  "the configuration "
                      + file
                      + " has faults: the server fails, delays or drops requests on purpose"),
          log.messages()::toString);
    }
  }
}
