package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The handwritten rules have the limits of the contract. */
class RulesAgreeWithContractTest extends ServerTest {
  private static final String EMOJI = "\ud83d\ude00";

  private final Contract contract = Contract.read();
  private final JsonNode properties = contract.at("/components/schemas/Snapshot/properties");

  /** A taken name or an unknown cluster is found only after all rules are satisfied. */
  private static final Set<String> VALID = Set.of("200", "400 REF.1001", "404 DWS.0047");

  private static final Set<String> INVALID = Set.of("400 DWS.0001");

  /** The parts of requests that have limits. Write the test that compares one, then add it here. */
  private static final Set<String> COMPARED =
      Set.of(
          "/components/parameters/Limit/schema",
          "/components/parameters/Offset/schema",
          "/components/schemas/SortKey",
          "/components/schemas/SortDir",
          "/components/schemas/ClusterId",
          "/components/schemas/Snapshot/properties/name",
          "/components/schemas/Snapshot/properties/name/not",
          "/components/schemas/Snapshot/properties/description");

  /** Limits of responses, and of IDs in paths, where an empty ID is another path. */
  private static final Set<String> NOT_OF_REQUESTS =
      Set.of(
          "/components/headers/RetryAfter/schema",
          "/components/schemas/ProjectId",
          "/components/schemas/SnapshotId",
          "/components/schemas/Count",
          "/components/schemas/ErrorResponse/properties/error_code",
          "/components/schemas/ErrorResponse/properties/error_msg");

  @Test
  void eachLimitOfTheContractIsCompared() {
    Set<String> bounded = new TreeSet<>();
    contract.visit(
        (pointer, node) -> {
          for (String bound :
              List.of("minLength", "maxLength", "pattern", "minimum", "maximum", "enum")) {
            if (node.has(bound) && !pointer.endsWith("/variables/endpoint")) {
              bounded.add(pointer);
            }
          }
        });
    bounded.removeAll(COMPARED);
    bounded.removeAll(NOT_OF_REQUESTS);
    assertEquals(
        Set.of(),
        bounded,
        "in RulesAgreeWithContractTest, compare each of these with the server's answers by a test,"
            + " then add it to COMPARED");
  }

  @Test
  void nameRulesMatchTheContract() {
    JsonNode rule = properties.get("name");
    List<String> values = new ArrayList<>();
    for (int length = 0; length <= rule.get("maxLength").asInt() + 2; length++) {
      values.add(("n" + length + "-" + "x".repeat(100)).substring(0, length));
    }
    for (int c = 1; c < 0x180; c++) {
      values.add(Character.toString(c) + "-first-" + c);
      values.add("inside-" + Character.toString(c) + "-" + c);
      values.add("last-" + c + "-" + Character.toString(c));
    }
    values.forEach(value -> assertAgreement(rule, "name", value));
  }

  @Test
  void descriptionRulesMatchTheContract() {
    JsonNode rule = properties.get("description");
    List<String> values = new ArrayList<>();
    int most = rule.get("maxLength").asInt();
    for (int length : new int[] {0, 1, most / 2 + 1, most - 1, most, most + 1, 2 * most}) {
      values.add("x".repeat(length));
      values.add(EMOJI.repeat(length));
      values.add("ä".repeat(length));
    }
    for (int c = 0; c < 0x180; c++) {
      values.add("a" + Character.toString(c) + "b");
    }
    values.forEach(value -> assertAgreement(rule, "description", value));
  }

  @Test
  void clusterIdRulesMatchTheContract() {
    JsonNode rule = contract.resolve(properties.at("/cluster_id/allOf/0"));
    for (int length : new int[] {0, 1, 2, 64, 65, 256, 257, 2000}) {
      assertAgreement(rule, "cluster_id", "c".repeat(length));
      assertAgreement(rule, "cluster_id", EMOJI.repeat(length));
    }
  }

  @Test
  void pageParametersMatchTheContract() {
    for (String name : List.of("Limit", "Offset")) {
      JsonNode parameter = contract.at("/components/parameters/" + name);
      long least = parameter.at("/schema/minimum").asLong();
      long most = parameter.at("/schema/maximum").asLong();
      for (long value :
          new long[] {Integer.MIN_VALUE, least - 1, least, least + 1, most - 1, most, most + 1}) {
        assertAgreement(
            parameter.get("name").asText(), String.valueOf(value), value >= least && value <= most);
      }
    }
  }

  @Test
  void sortParametersMatchTheContract() {
    List<String> words = new ArrayList<>(List.of("", "x", "NAME", "Asc", "started,name"));
    for (String name : List.of("SortKey", "SortDir")) {
      contract
          .at("/components/schemas/" + name + "/enum")
          .forEach(word -> words.add(word.asText()));
    }
    for (String name : List.of("SortKey", "SortDir")) {
      List<String> allowed = new ArrayList<>();
      contract
          .at("/components/schemas/" + name + "/enum")
          .forEach(word -> allowed.add(word.asText()));
      String parameter = contract.at("/components/parameters/" + name + "/name").asText();
      words.forEach(word -> assertAgreement(parameter, word, allowed.contains(word)));
    }
  }

  private void assertAgreement(String parameter, String value, boolean allowed) {
    String path = "/v1.0/" + PROJECT + "/clusters/" + CLUSTER + "/snapshots?";
    assertEquals(
        allowed ? "200" : "400 DWS.0001",
        outcome(send(request(path + parameter + "=" + value).GET())),
        () -> parameter + "=" + value);
  }

  /** The server accepts the value if and only if the contract allows it. */
  private void assertAgreement(JsonNode rule, String member, String value) {
    ObjectNode body = json.createObjectNode();
    body.putObject("snapshot")
        .put("name", freshName())
        .put("cluster_id", CLUSTER)
        .put(member, value);
    String outcome = outcome(post(body.toString()));
    assertTrue(
        (allows(rule, value) ? VALID : INVALID).contains(outcome),
        () -> member + ": " + body + " gave " + outcome);
  }

  private static boolean finds(String pattern, String value) {
    return Pattern.compile(pattern).matcher(value).find();
  }

  private static boolean allows(JsonNode rule, String value) {
    int length = value.codePointCount(0, value.length());
    return length >= rule.path("minLength").asInt(0)
        && length <= rule.path("maxLength").asInt(Integer.MAX_VALUE)
        && finds(rule.path("pattern").asText(""), value)
        && !(rule.has("not") && finds(rule.at("/not/pattern").asText(), value));
  }
}
