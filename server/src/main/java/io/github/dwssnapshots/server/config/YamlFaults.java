package io.github.dwssnapshots.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** What is wrong with a YAML file, each fault with its place. */
final class YamlFaults {
  private static final int MOST_TOLD = 50;
  private static final int MOST_KEPT = 1000;

  private record Fault(int line, int column, String text) {}

  private final List<Fault> faults = new ArrayList<>();
  private int number;

  void add(Optional<Mark> place, String text) {
    number++;
    if (number > MOST_KEPT) {
      return;
    }
    faults.add(
        new Fault(place.map(Mark::getLine).orElse(0), place.map(Mark::getColumn).orElse(0), text));
  }

  /** Ends the reading of a file that has faults, with all of them in the order of their lines. */
  void throwIfAny(String file) throws ConfigurationException {
    if (faults.isEmpty()) {
      return;
    }
    StringBuilder told = new StringBuilder("the configuration " + file + " cannot be used:");
    faults.stream()
        .sorted(Comparator.comparing(Fault::line).thenComparing(Fault::column))
        .limit(MOST_TOLD)
        .forEach(
            f ->
                told.append(
                    "\n  line " + (f.line + 1) + ", column " + (f.column + 1) + ": " + f.text));
    if (number > MOST_TOLD) {
      told.append("\n  and " + (number - MOST_TOLD) + " more");
    }
    throw new ConfigurationException(told.toString());
  }
}
