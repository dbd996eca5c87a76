package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The patterns of the contract have the same meaning in Java and JavaScript. {@code
 * .ci/patterns.mjs} tests the same strings in JavaScript.
 */
class ContractPatternsTest {
  private final Contract contract = Contract.read();

  private static JsonNode strings() throws IOException {
    return new ObjectMapper()
        .readTree(ContractPatternsTest.class.getResourceAsStream("/contract/pattern-strings.json"));
  }

  @Test
  void patternsMatchOnlyTheValidStrings() throws IOException {
    strings()
        .properties()
        .forEach(
            entry -> {
              JsonNode schema = contract.at(entry.getKey());
              entry
                  .getValue()
                  .get("valid")
                  .forEach(s -> assertEquals(true, allows(schema, s.asText()), s::toString));
              entry
                  .getValue()
                  .get("invalid")
                  .forEach(s -> assertEquals(false, allows(schema, s.asText()), s::toString));
            });
  }

  @Test
  void eachPatternHasTestStrings() throws IOException {
    Set<String> patterns = new TreeSet<>();
    contract.visit(
        (pointer, node) -> {
          if (node.has("pattern") && !pointer.endsWith("/not")) {
            patterns.add(pointer);
          }
        });
    Set<String> tried = new HashSet<>();
    strings().fieldNames().forEachRemaining(tried::add);
    String file = "server/src/test/resources/contract/pattern-strings.json";
    assertEquals(
        Set.of(), difference(patterns, tried), "add strings for these patterns to " + file);
    assertEquals(
        Set.of(),
        difference(tried, patterns),
        "these patterns do not exist; remove them from " + file);
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    Set<String> difference = new TreeSet<>(some);
    difference.removeAll(others);
    return difference;
  }

  private static boolean allows(JsonNode schema, String text) {
    return finds(schema.get("pattern").asText(), text)
        && !(schema.has("not") && finds(schema.at("/not/pattern").asText(), text));
  }

  private static boolean finds(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).find();
  }
}
