package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The contract as a JSON tree, with the queries that tests share. */
final class Contract {
  static final Path FILE = Path.of(System.getProperty("contract", "../openapi/snapshots.yaml"));

  /** An operation of the contract, with its path and its method. */
  record Operation(String id, String path, String method, JsonNode node) {}

  private final JsonNode root;

  private Contract(JsonNode root) {
    this.root = root;
  }

  static Contract read() {
    try {
      return new Contract(new YAMLMapper().readTree(FILE.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode root() {
    return root;
  }

  /** The node at a JSON Pointer, or a missing node. */
  JsonNode at(String pointer) {
    return root.at(pointer);
  }

  /** Follows the node's {@code $ref}, if it has one. */
  JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? root.at(node.get("$ref").asText().substring(1)) : node;
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        JsonNode node = method.getValue();
        if (node.has("operationId")) {
          operations.add(
              new Operation(
                  node.get("operationId").asText(), path.getKey(), method.getKey(), node));
        }
      }
    }
    return operations;
  }

  /** The operation of a request, if it has one. */
  Optional<Operation> operation(String method, String path) {
    return operations().stream()
        .filter(operation -> operation.method().equalsIgnoreCase(method))
        .filter(operation -> path.matches(operation.path().replaceAll("\\{\\w+}", "[^/]+")))
        .findFirst();
  }

  /** The error codes of an operation by status. */
  Map<Integer, Set<String>> errorCodes(Operation operation) {
    Map<Integer, Set<String>> codes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : operation.node().get("responses").properties()) {
      JsonNode response = resolve(each.getValue());
      for (Map.Entry<String, JsonNode> code : response.path("x-error-codes").properties()) {
        String status =
            each.getKey().equals("default") ? code.getKey().substring(5) : each.getKey();
        codes
            .computeIfAbsent(Integer.valueOf(status), absent -> new TreeSet<>())
            .add(code.getKey());
      }
    }
    return codes;
  }

  /** Visits each object of the contract with its JSON Pointer, except examples. */
  void visit(BiConsumer<String, JsonNode> visitor) {
    visit("", root, visitor);
  }

  private static void visit(String pointer, JsonNode node, BiConsumer<String, JsonNode> visitor) {
    if (node.isObject()) {
      visitor.accept(pointer, node);
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!member.getKey().equals("example") && !member.getKey().equals("examples")) {
        String step = member.getKey().replace("~", "~0").replace("/", "~1");
        visit(pointer + "/" + step, member.getValue(), visitor);
      }
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      visit(pointer + "/" + i, node.get(i), visitor);
    }
  }
}
