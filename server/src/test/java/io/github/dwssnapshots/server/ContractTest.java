package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dwssnapshots.server.Contract.Operation;
import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.api.SnapshotsApi;
import io.github.dwssnapshots.server.error.ErrorCode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Code and documents have the error codes, actions, operations and version of the contract. */
class ContractTest {
  private final Contract contract = Contract.read();

  @Test
  void errorCodesMatchTheContract() {
    Map<String, Integer> known = new TreeMap<>();
    for (ErrorCode code : ErrorCode.values()) {
      known.put(code.code(), code.status());
    }
    Set<String> declared = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      for (Map.Entry<String, JsonNode> response : operation.node().get("responses").properties()) {
        String where = operation.id() + " " + response.getKey();
        JsonNode codes = contract.resolve(response.getValue()).path("x-error-codes");
        assertEquals(
            response.getKey().startsWith("2"),
            codes.isMissingNode(),
            () -> where + ": each error needs x-error-codes; a success has none");
        codes.fieldNames().forEachRemaining(code -> checkCode(where, code, known));
        codes.fieldNames().forEachRemaining(declared::add);
      }
    }
    assertEquals(
        declared, known.keySet(), "error/ErrorCode.java has codes that the contract lacks");
  }

  private static void checkCode(String where, String code, Map<String, Integer> known) {
    assertTrue(
        known.containsKey(code),
        () -> where + ": add " + code + " to server/src/main/java/…/error/ErrorCode.java");
    assertTrue(
        where.endsWith(" default") || where.endsWith(" " + known.get(code)),
        () -> where + ": the status of " + code + " is " + known.get(code) + " in ErrorCode.java");
  }

  @Test
  void eachOperationDeclaresTheCommonResponses() {
    for (Operation operation : contract.operations()) {
      for (String status : List.of("400", "401", "403", "404", "500", "503", "default")) {
        assertTrue(
            operation.node().get("responses").has(status),
            () ->
                operation.id()
                    + ": add the response "
                    + status
                    + " in openapi/snapshots.yaml, as the other operations have it");
      }
    }
  }

  @Test
  void eachOperationHasAnActionInTheCode() {
    Map<String, String> known = new TreeMap<>();
    for (Action action : Action.values()) {
      action.operations().forEach(operation -> known.put(operation, action.iamName()));
    }
    for (Operation operation : contract.operations()) {
      String action = operation.node().path("x-iam-action").asText();
      assertTrue(
          !action.isEmpty(),
          () -> operation.id() + ": add x-iam-action to it in openapi/snapshots.yaml");
      assertEquals(
          action,
          known.remove(operation.id()),
          () ->
              "add (\"%s\", \"%s\") to server/src/main/java/…/access/Action.java"
                  .formatted(action, operation.id()));
    }
    assertEquals(Map.of(), known, "access/Action.java has operations that the contract lacks");
  }

  @Test
  void interfaceHasEachOperationAndNoDefaultMethods() {
    Set<String> methods =
        Arrays.stream(SnapshotsApi.class.getMethods())
            .map(Method::getName)
            .collect(Collectors.toSet());
    for (Operation operation : contract.operations()) {
      assertTrue(
          methods.remove(operation.id()),
          () -> operation.id() + ": add the tag Snapshots to it in openapi/snapshots.yaml");
    }
    assertEquals(Set.of(), methods, "SnapshotsApi has methods that the contract lacks");
    assertTrue(Arrays.stream(SnapshotsApi.class.getMethods()).noneMatch(Method::isDefault));
  }

  @Test
  void contractPomAndDocumentsHaveTheSameVersion() throws IOException {
    String version = contract.at("/info/version").asText();
    List<String> others = new ArrayList<>();
    if (!version.equals(first("<revision>([^<]+)</revision>", text("../pom.xml")))) {
      others.add("<revision> in pom.xml");
    }
    if (!version.equals(first("(?m)^## (\\S+)", text("CHANGELOG.md")))) {
      others.add("the first section of openapi/CHANGELOG.md");
    }
    for (String document : List.of("README.md", ".github/embedding.md")) {
      if (!text("../" + document).contains(version)) {
        others.add(document);
      }
    }
    assertEquals(
        List.of(), others, "openapi/snapshots.yaml has version " + version + ", unlike these");
  }

  @Test
  void readmeHasEachOperationWithItsPathAndAction() throws IOException {
    String readme = text("../README.md");
    for (Operation operation : contract.operations()) {
      String row =
          "| `%s %s` | `%s` | `%s` |"
              .formatted(
                  operation.method().toUpperCase(Locale.ROOT),
                  operation.path(),
                  operation.id(),
                  operation.node().path("x-iam-action").asText());
      assertTrue(readme.contains(row), () -> "add to README.md, under Operations: " + row);
    }
  }

  private static String text(String file) throws IOException {
    return Files.readString(Contract.FILE.resolveSibling(file).normalize());
  }

  private static String first(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
