package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.model.ChangedOperation;

/** Changes of the contract since the last release, which {@code baseline.yaml} is. */
class ContractChangesTest {
  private static final Path CHANGELOG = Path.of("..", "openapi", "CHANGELOG.md");

  private static JsonNode baseline() throws IOException {
    return new YAMLMapper().readTree(Path.of("..", "openapi", "baseline.yaml").toFile());
  }

  private static String version(JsonNode contract) {
    return contract.at("/info/version").asText();
  }

  private static String major(JsonNode contract) {
    return version(contract).replaceFirst("\\..*", "");
  }

  /** Why clients of the old contract can fail with the new one. */
  private static List<String> breaks(JsonNode old, JsonNode changed) {
    List<String> breaks = new ArrayList<>();
    ChangedOpenApi diff = OpenApiCompare.fromContents(old.toString(), changed.toString());
    diff.getMissingEndpoints().forEach(gone -> breaks.add(gone + " is gone"));
    diff.getChangedOperations().stream()
        .filter(ChangedOperation::isIncompatible)
        .forEach(
            operation ->
                breaks.add(
                    operation.getHttpMethod()
                        + " "
                        + operation.getPathUrl()
                        + " has an incompatible change"));
    if (diff.isIncompatible() && breaks.isEmpty()) {
      breaks.add("openapi-diff finds an incompatible change");
    }
    narrowed("", old, changed, breaks);
    return breaks;
  }

  /** What the library misses. */
  private static void narrowed(String at, JsonNode old, JsonNode changed, List<String> breaks) {
    for (String limit : List.of("maxLength", "maximum", "maxItems")) {
      if (changed.path(limit).asDouble(Double.MAX_VALUE)
          < old.path(limit).asDouble(Double.MAX_VALUE)) {
        breaks.add(at + "/" + limit + " is lower");
      }
    }
    for (String limit : List.of("minLength", "minimum", "minItems")) {
      if (changed.path(limit).asDouble(0) > old.path(limit).asDouble(0)) {
        breaks.add(at + "/" + limit + " is higher");
      }
    }
    if (changed.path("pattern").isTextual()
        && !changed.path("pattern").equals(old.path("pattern"))) {
      breaks.add(at + "/pattern is another");
    }
    if (old.has("operationId") && !changed.path("operationId").equals(old.path("operationId"))) {
      breaks.add(at + "/operationId is another, which names a method of the client");
    }
    if (old.has("operationId") && !changed.path("tags").equals(old.path("tags"))) {
      breaks.add(at + "/tags are others, which name a class of the client");
    }
    for (Map.Entry<String, JsonNode> property : old.path("properties").properties()) {
      if (!changed.path("properties").has(property.getKey())) {
        breaks.add(at + "/properties/" + property.getKey() + " is gone");
      }
    }
    for (Map.Entry<String, JsonNode> member : old.properties()) {
      if (!member.getKey().equals("example") && !member.getKey().equals("examples")) {
        narrowed(
            at + "/" + member.getKey(), member.getValue(), changed.path(member.getKey()), breaks);
      }
    }
  }

  @Test
  void contractBreaksNoClientUnlessItsMajorVersionRises() throws IOException {
    JsonNode old = baseline();
    JsonNode current = Contract.read().root();
    if (old.equals(current)) {
      return;
    }
    List<String> breaks = breaks(old, current);
    assertTrue(
        Version.parse(version(current)).compareTo(Version.parse(version(old))) > 0,
        "the contract differs from baseline.yaml, the last release: raise its version "
            + (breaks.isEmpty() ? "(minor)" : "(major, since " + breaks + ")"));
    assertTrue(
        Files.readString(CHANGELOG).contains("\n## " + version(current) + "\n"),
        "openapi/CHANGELOG.md has no section \"## " + version(current) + "\"");
    if (major(current).equals(major(old))) {
      assertEquals(List.of(), breaks, "clients of the last release break: raise the major version");
    }
  }

  /** Each changes the value at the pointer, removes it, or adds to it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /paths/~1v1.0~1{project_id}~1snapshots/get | remove
          /paths/~1v1.0~1{project_id}~1snapshots/get/operationId | "getSnapshots"
          /paths/~1v1.0~1{project_id}~1snapshots/get/tags | ["Backups"]
          /components/schemas/SnapshotDetail/properties/size | remove
          /components/schemas/Snapshot/properties/description | remove
          /components/schemas/Snapshot/required | add "description"
          /components/schemas/Snapshot/properties/name/maxLength | 63
          /components/schemas/Snapshot/properties/description/maxLength | 255
          /components/schemas/Snapshot/properties/name/minLength | 5
          /components/schemas/ProjectId/minLength | 2
          /components/schemas/Snapshot/properties/name/pattern | "^[a-z]*$"
          /components/schemas/SortKey/enum | ["name"]
          /paths/~1v1.0~1{project_id}~1snapshots~1{snapshot_id}/delete/responses/202 | remove
          /paths/~1v1.0~1{project_id}~1snapshots/post/responses/503 | remove
          """)
  void breakingChangeIsFound(String pointer, String change) throws IOException {
    JsonNode changed = changed(pointer, change);
    assertFalse(breaks(baseline(), changed).isEmpty());
  }

  @Test
  void loweredMaximumIsFound() throws IOException {
    List<String> breaks = new ArrayList<>();
    narrowed("x", json("{\"maximum\": 10}"), json("{\"maximum\": 9}"), breaks);
    narrowed("x", json("{}"), json("{\"maximum\": 9}"), breaks);
    assertEquals(List.of("x/maximum is lower", "x/maximum is lower"), breaks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /info/description | "other words"
          /components/schemas/Snapshot/properties/name/maxLength | 65
          /components/schemas/Snapshot/properties/name/minLength | 3
          /components/schemas/SortKey/enum | ["started", "name", "size"]
          """)
  void compatibleChangeIsAccepted(String pointer, String change) throws IOException {
    assertEquals(List.of(), breaks(baseline(), changed(pointer, change)));
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new ObjectMapper().readTree(text);
  }

  private static JsonNode changed(String pointer, String change) throws IOException {
    JsonNode changed = baseline();
    JsonPointer at = JsonPointer.compile(pointer);
    assertFalse(changed.at(at).isMissingNode(), pointer);
    ObjectNode parent = (ObjectNode) changed.at(at.head());
    String member = at.last().getMatchingProperty();
    if (change.equals("remove")) {
      parent.remove(member);
    } else if (change.startsWith("add ")) {
      ((ArrayNode) parent.get(member)).add(json(change.substring(4)));
    } else {
      parent.set(member, json(change));
    }
    return changed;
  }
}
