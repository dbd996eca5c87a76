package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each part of the contract names its source, and contains the facts of the documents. */
class ContractSourcesTest {
  private static final Set<String> SOURCES = Set.of("documents", "reference", "project");

  /** JSON Pointers of the parts that need a source: operations and their components. */
  private static final Pattern WITH_SOURCE =
      Pattern.compile(
          "/paths/[^/]+/(get|put|post|delete|patch)(/requestBody|/responses/\\w+)?"
              + "|/paths/[^/]+(/(get|put|post|delete|patch))?/parameters/\\d+"
              + "|/components/(schemas|parameters|headers|responses|securitySchemes)/\\w+"
              + "|/components/schemas/.*/properties/\\w+");

  /** A row of the table: number, page, fact, JSON Pointer, words. */
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (\\d+) \\| (both|newer|older) \\| (.+) \\| `(/.*)` \\| `(.+)` \\|$");

  private static final Path FACTS = Contract.FILE.resolveSibling("facts.md");

  private final Contract contract = Contract.read();

  private record Fact(int number, String pointer, String words) {}

  private static List<Fact> facts() throws IOException {
    List<Fact> facts = new ArrayList<>();
    ROW.matcher(Files.readString(FACTS))
        .results()
        .forEach(
            row -> facts.add(new Fact(Integer.parseInt(row.group(1)), row.group(4), row.group(5))));
    return facts;
  }

  @Test
  void eachPartNamesItsSource() {
    Set<String> missing = new TreeSet<>();
    Set<String> misplaced = new TreeSet<>();
    contract.visit(
        (pointer, node) -> {
          boolean hasSource = WITH_SOURCE.matcher(pointer).matches() && !node.has("$ref");
          if (hasSource != node.has("x-source")) {
            (hasSource ? missing : misplaced).add(pointer);
          }
          node.path("x-source")
              .properties()
              .forEach(
                  source ->
                      assertTrue(
                          SOURCES.contains(source.getKey())
                              && !source.getValue().asText().isBlank(),
                          () -> pointer + "/x-source: " + source + "; allowed: " + SOURCES));
        });
    assertEquals(
        Set.of(),
        missing,
        "add x-source to these in openapi/snapshots.yaml; to your own, x-source: { project: all }");
    assertEquals(
        Set.of(), misplaced, "remove x-source from these: references and other parts have none");
  }

  @Test
  void eachFactIsFoundAtItsPointer() throws IOException {
    List<Fact> facts = facts();
    try (Stream<String> lines = Files.lines(FACTS)) {
      long rows = lines.filter(line -> line.matches("\\| *\\d.*")).count();
      assertEquals(rows, facts.size(), "malformed rows in facts.md");
    }
    for (int i = 0; i < facts.size(); i++) {
      assertEquals(i + 1, facts.get(i).number(), "the facts must be numbered in order");
    }
    for (Fact fact : facts) {
      JsonNode place = contract.at(fact.pointer());
      assertFalse(place.isMissingNode(), () -> fact + ": the JSON Pointer does not exist");
      String text =
          (place.isContainerNode() ? place.toString() : place.asText()).replaceAll("\\s+", " ");
      boolean isScalar = place.isNumber() || place.isBoolean();
      boolean found = isScalar ? text.equals(fact.words()) : text.contains(fact.words());
      assertTrue(found, () -> fact + ": the text there is " + text);
    }
  }

  @Test
  void eachPartFromTheDocumentsHasAFact() throws IOException {
    Set<String> declared = new TreeSet<>();
    contract.visit(
        (pointer, node) -> {
          if (node.path("x-source").has("documents")) {
            declared.add(pointer);
          }
        });
    Set<String> used = new TreeSet<>();
    for (Fact fact : facts()) {
      String part = fact.pointer();
      while (!part.isEmpty() && !contract.at(part).has("x-source")) {
        part = part.substring(0, part.lastIndexOf('/'));
      }
      used.add(part);
      String place = part;
      assertTrue(
          part.isEmpty() || declared.contains(part),
          () -> fact + ": x-source of " + place + " does not name the documents");
    }
    declared.removeAll(used);
    assertEquals(
        Set.of(), declared, "add facts to facts.md for these parts, which name the documents");
  }
}
