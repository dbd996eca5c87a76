package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.error.Quoted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a YAML file whose keys are known. What is missing or of another kind becomes a fault
 * and an empty value, so that reading goes on to the next fault.
 */
final class YamlMap {
  private final Node node;
  private final String what;
  private final YamlFaults faults;
  private final Map<String, Node> members = new LinkedHashMap<>();

  private YamlMap(Node node, String what, YamlFaults faults) {
    this.node = node;
    this.what = what;
    this.faults = faults;
  }

  /**
   * @param what for messages, for example "a project"
   * @param keys that the mapping must have
   */
  static YamlMap of(Node node, String what, Set<String> keys, YamlFaults faults) {
    return of(node, what, keys, Set.of(), faults);
  }

  /**
   * @param what for messages, for example "a project"
   * @param keys that the mapping must have
   * @param optional keys that it may have
   */
  static YamlMap of(
      Node node, String what, Set<String> keys, Set<String> optional, YamlFaults faults) {
    YamlMap map = new YamlMap(node, what, faults);
    if (node instanceof MappingNode mapping) {
      Set<String> known = new TreeSet<>(keys);
      known.addAll(optional);
      mapping.getValue().forEach(member -> map.add(member, known));
      keys.stream()
          .filter(key -> !map.members.containsKey(key))
          .sorted()
          .forEach(key -> faults.add(node.getStartMark(), what + " needs " + key));
    } else {
      faults.add(
          node.getStartMark(),
          what + " must be a mapping with " + String.join(", ", new TreeSet<>(keys)));
    }
    return map;
  }

  private void add(NodeTuple member, Set<String> keys) {
    Node key = member.getKeyNode();
    String name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
    if (!keys.contains(name)) {
      faults.add(
          key.getStartMark(),
          what + " has no " + Quoted.of(name) + "; it has " + String.join(", ", keys));
    } else if (members.putIfAbsent(name, member.getValueNode()) != null) {
      faults.add(key.getStartMark(), name + " stands twice");
    }
  }

  /**
   * The text of a member as it stands, whether YAML takes it for a number or not; in a sound file
   * empty only where an optional member is absent.
   */
  String text(String key) {
    return Optional.ofNullable(members.get(key)).map(value -> text(value, key, faults)).orElse("");
  }

  static String text(Node value, String what, YamlFaults faults) {
    if (value instanceof ScalarNode scalar
        && !scalar.getTag().equals(Tag.NULL)
        && !scalar.getValue().isEmpty()) {
      return scalar.getValue();
    }
    faults.add(value.getStartMark(), what + " must be a text that is not empty");
    return "";
  }

  List<Node> list(String key) {
    Optional<Node> value = Optional.ofNullable(members.get(key));
    if (value.isPresent() && value.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    value.ifPresent(other -> faults.add(other.getStartMark(), key + " must be a list"));
    return List.of();
  }

  void fault(String key, String fault) {
    faults.add(members.getOrDefault(key, node).getStartMark(), fault);
  }
}
