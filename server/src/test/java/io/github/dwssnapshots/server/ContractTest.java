package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.api.SnapshotsApi;
import io.github.dwssnapshots.server.error.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What stands in the contract and, by necessity, in the code too is the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {
  private JsonNode contract;

  @BeforeAll
  void read() throws IOException {
    contract = new YAMLMapper().readTree(new File(ContractHttpClient.CONTRACT));
  }

  @Test
  void theTableOfErrorCodes() {
    Matcher row =
        Pattern.compile("\\| [^|]+ \\| (\\d{3}) \\| ([A-Z0-9.]+) \\|")
            .matcher(contract.at("/info/description").asText());
    Set<String> told =
        row.results().map(r -> r.group(1) + " " + r.group(2)).collect(Collectors.toSet());
    Set<String> known =
        Arrays.stream(ErrorCode.values())
            .filter(code -> !isByStatus(code))
            .map(code -> code.status() + " " + code.code())
            .collect(Collectors.toSet());
    assertEquals(known, told);
  }

  /** The last row of the table: any other, by its status. */
  private static boolean isByStatus(ErrorCode code) {
    return code != ErrorCode.UNAVAILABLE && code.code().equals("REF.0" + code.status());
  }

  @Test
  void theExamplesOfErrors() {
    for (JsonNode response : contract.at("/components/responses")) {
      JsonNode media = response.at("/content/application~1json");
      Stream<JsonNode> examples =
          media.has("example")
              ? Stream.of(media.get("example"))
              : media.get("examples").findValues("value").stream();
      examples.forEach(
          example -> {
            String code = example.path("error_code").asText();
            ErrorCode known =
                Arrays.stream(ErrorCode.values())
                    .filter(c -> c.code().equals(code))
                    .findFirst()
                    .orElseThrow();
            assertTrue(
                example.path("error_msg").asText().startsWith(known.message("")),
                example::toString);
          });
    }
  }

  @Test
  void itsVersionIsThatOfTheArtifactsAndOfTheNewestChange() throws IOException {
    String version = contract.at("/info/version").asText();
    assertEquals(System.getProperty("project.version", version), version);
    String changes =
        Files.readString(Path.of(ContractHttpClient.CONTRACT).resolveSibling("CHANGELOG.md"));
    Matcher newest = Pattern.compile("(?m)^## (\\S+)").matcher(changes);
    assertTrue(newest.find());
    assertEquals(version, newest.group(1));
    String readme = Files.readString(Path.of("..", "README.md"));
    assertTrue(readme.contains("<version>" + version + "</version>"), "the client in the README");
  }

  @Test
  void theActionOfEachOperation() {
    TreeMap<String, String> told = new TreeMap<>();
    for (JsonNode path : contract.get("paths")) {
      for (JsonNode operation : path) {
        if (operation.has("operationId")) {
          Matcher action =
              Pattern.compile("IAM action: `([^`]+)`")
                  .matcher(operation.path("description").asText());
          assertTrue(
              action.find(),
              () -> "no IAM action in the description of " + operation.path("operationId"));
          told.put(operation.path("operationId").asText(), action.group(1));
        }
      }
    }
    TreeMap<String, String> known = new TreeMap<>();
    for (Action action : Action.values()) {
      for (String operation : action.operations()) {
        assertNull(known.put(operation, action.iamName()), operation + " has two actions");
      }
    }
    assertEquals(told, known);
  }

  @Test
  void theInterfaceHasEachOperationAndNoDefaults() {
    Set<String> operations =
        contract.get("paths").findValuesAsText("operationId").stream()
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> methods =
        Arrays.stream(SnapshotsApi.class.getMethods())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(operations, methods);
    assertTrue(Arrays.stream(SnapshotsApi.class.getMethods()).noneMatch(Method::isDefault));
  }
}
