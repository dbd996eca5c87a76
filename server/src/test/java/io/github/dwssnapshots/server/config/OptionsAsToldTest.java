package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line, its help and the README's table have the same options. */
class OptionsAsToldTest {
  /** Of the help: an option, what it takes, and all that is said of it. */
  private static final Pattern IN_HELP =
      Pattern.compile("(?m)^  (--[a-z-]+)(?: ([A-Z:]+))? ((?:.*\\n?)(?: {10}.*\\n)*)");

  private static final Pattern IN_TABLE =
      Pattern.compile("(?m)^\\| `(--[a-z-]+) ([A-Z:]+)` \\| `([A-Z_]+)` \\| (.*) \\|$");

  private static final Pattern DEFAULT = Pattern.compile("\\(default ([^)]+)\\)");

  private static String readme;

  @BeforeAll
  static void read() throws IOException {
    readme = Files.readString(Path.of("..", "README.md"));
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  /** Each option of the help that takes a value, with that. */
  private static Map<String, String> ofHelp() {
    Map<String, String> options = new TreeMap<>();
    for (MatchResult option : all(IN_HELP, CommandLine.HELP)) {
      if (option.group(2) != null) {
        options.put(option.group(1), option.group(2));
      }
    }
    return options;
  }

  /** The variables that the command line asks for. */
  private static List<String> asked(List<String> arguments) throws ConfigurationException {
    List<String> asked = new ArrayList<>();
    CommandLine.parse(
        arguments,
        name -> {
          asked.add(name);
          return "";
        });
    return asked;
  }

  @Test
  void theCommandLineTakesThoseOfTheHelp() throws ConfigurationException {
    List<String> arguments = new ArrayList<>();
    ofHelp().forEach((option, value) -> arguments.addAll(List.of(option, value)));
    List<String> asked = asked(arguments);
    assertEquals(ofHelp().size(), asked.size());
    asked.forEach(name -> assertTrue(CommandLine.HELP.contains(name), name));
  }

  @Test
  void theTableOfTheReadmeHasThemWithTheirVariables() throws ConfigurationException {
    Map<String, String> inTable = new TreeMap<>();
    TreeSet<String> variables = new TreeSet<>();
    for (MatchResult row : all(IN_TABLE, readme)) {
      inTable.put(row.group(1), row.group(2));
      variables.add(row.group(3));
      assertEquals(
          "SNAPSHOTS_" + row.group(1).substring(2).replace('-', '_').toUpperCase(Locale.ROOT),
          row.group(3));
    }
    assertEquals(ofHelp(), inTable);
    assertEquals(new TreeSet<>(asked(List.of())), variables);
    for (String option : List.of("`--help`", "`--version`")) {
      assertTrue(
          readme.contains(option) && CommandLine.HELP.contains(option.replace("`", "")), option);
    }
  }

  @Test
  void theDefaultsAreTheSame() throws ConfigurationException {
    CommandLine nothing = CommandLine.parse(List.of(), name -> "");
    Map<String, String> defaults =
        Map.of(
            "--listen", nothing.listen(),
            "--data", "./" + ((Storage.Folder) nothing.storage()).path(),
            "--creation-time", nothing.creationTime());
    Map<String, String> told = new TreeMap<>();
    for (MatchResult option : all(IN_HELP, CommandLine.HELP)) {
      all(DEFAULT, option.group(3)).forEach(found -> told.put(option.group(1), found.group(1)));
    }
    assertEquals(new TreeMap<>(defaults), told);
    for (MatchResult row : all(IN_TABLE, readme)) {
      Stream.ofNullable(defaults.get(row.group(1)))
          .forEach(value -> assertTrue(row.group(4).startsWith("`" + value + "`"), row.group()));
    }
  }
}
