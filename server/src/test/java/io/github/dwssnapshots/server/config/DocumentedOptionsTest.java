package io.github.dwssnapshots.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line, its help and the table of the README have the same options. */
class DocumentedOptionsTest {
  /** An option of the help, the label of its value, and its description. */
  private static final Pattern IN_HELP =
      Pattern.compile("(?m)^ +(--[a-z-]+)(?:=([A-Z:]+))? +((?:.*\\n?)(?: {20}.*\\n)*)");

  private static final Pattern IN_TABLE =
      Pattern.compile("(?m)^\\| `(--[a-z-]+) ([A-Z:]+)` \\| `([A-Z_]+)` \\| (.*) \\|$");

  private static final Pattern DEFAULT = Pattern.compile("\\(default: ([^)]+)\\)");

  private static String readme;

  @BeforeAll
  static void read() throws IOException {
    readme = Files.readString(Path.of("..", "README.md"));
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  /** The options of the help that take a value, with the labels of the values. */
  private static Map<String, String> ofHelp() {
    Map<String, String> options = new TreeMap<>();
    for (MatchResult option : all(IN_HELP, Options.usage())) {
      if (option.group(2) != null) {
        options.put(option.group(1), option.group(2));
      }
    }
    return options;
  }

  /** The variables that the command line reads. */
  private static Set<String> variables(String... arguments) throws ConfigurationException {
    Set<String> read = new TreeSet<>();
    Options.parse(
        arguments,
        name -> {
          read.add(name);
          return "";
        });
    return read;
  }

  @Test
  void helpListsEachVariable() throws ConfigurationException {
    assertEquals(ofHelp().size(), variables().size());
    variables().forEach(name -> assertTrue(Options.usage().contains(name), name));
  }

  @Test
  void readmeListsEachOptionWithItsVariable() throws ConfigurationException {
    Map<String, String> inTable = new TreeMap<>();
    Set<String> variables = new TreeSet<>();
    for (MatchResult row : all(IN_TABLE, readme)) {
      inTable.put(row.group(1), row.group(2));
      variables.add(row.group(3));
      assertEquals(
          "SNAPSHOTS_" + row.group(1).substring(2).replace('-', '_').toUpperCase(Locale.ROOT),
          row.group(3));
    }
    assertEquals(ofHelp(), inTable);
    assertEquals(variables(), variables);
    for (String option : List.of("`--help`", "`--version`")) {
      assertTrue(
          readme.contains(option) && Options.usage().contains(option.replace("`", "")), option);
    }
  }

  @Test
  void helpAndReadmeStateTheDefaults() throws ConfigurationException {
    Settings nothing = Options.parse(new String[0], name -> null).settings();
    Map<String, String> defaults = new TreeMap<>();
    defaults.put("--listen", nothing.listen().getHostString() + ":" + nothing.listen().getPort());
    defaults.put("--data", "./" + ((Storage.Folder) nothing.storage()).path());
    defaults.put("--creation-time", nothing.creationTime().toSeconds() + "s");
    Map<String, String> documented = new TreeMap<>();
    for (MatchResult option : all(IN_HELP, Options.usage())) {
      all(DEFAULT, option.group(3))
          .forEach(
              found -> documented.put(option.group(1), found.group(1).replaceAll("\\s+", " ")));
    }
    documented.remove("--config"); // its default is the demo
    assertEquals(defaults, documented);
    for (MatchResult row : all(IN_TABLE, readme)) {
      Stream.ofNullable(defaults.get(row.group(1)))
          .forEach(value -> assertTrue(row.group(4).startsWith("`" + value + "`"), row.group()));
    }
  }
}
