package io.github.dwssnapshots.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** What is wrong with a YAML file, each fault with its place. */
final class YamlFaults {
  private static final int MOST_TOLD = 50;

  private final List<String> faults = new ArrayList<>();

  void add(Optional<Mark> place, String fault) {
    String where =
        place
            .map(m -> "line %d, column %d: ".formatted(m.getLine() + 1, m.getColumn() + 1))
            .orElse("");
    faults.add(where + fault);
  }

  /** Ends the reading of a file that has faults, with all of them. */
  void throwIfAny(String file) throws ConfigurationException {
    if (faults.isEmpty()) {
      return;
    }
    StringBuilder told = new StringBuilder("--config ").append(file).append(" cannot be used:");
    faults.stream().limit(MOST_TOLD).forEach(fault -> told.append("\n  ").append(fault));
    if (faults.size() > MOST_TOLD) {
      told.append("\n  and ").append(faults.size() - MOST_TOLD).append(" more");
    }
    throw new ConfigurationException(told.toString());
  }
}
