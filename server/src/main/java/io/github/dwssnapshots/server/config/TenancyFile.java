package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import io.github.dwssnapshots.server.error.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads projects, clusters and credentials from a YAML file, and reports all its faults at once.
 */
final class TenancyFile {
  /** As much as anybody writes by hand. */
  private static final int MOST_BYTES = 1024 * 1024;

  /** Stands for an id that has a fault, which is told in the end. */
  private static final String FAULTY = "faulty";

  private static final Pattern SHA256 = Pattern.compile("[0-9A-Fa-f]{64}");

  private static final Pattern SIZE = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  /** Of a variable that is not set; no request can have that token. */
  private static final String SHA256_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final YamlFaults faults = new YamlFaults();

  private TenancyFile() {}

  /**
   * @throws ConfigurationException that lists every fault of the file with its line and column
   */
  static Tenancy read(Path file) throws ConfigurationException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new ConfigurationException(
            "the configuration " + file + " has more than " + MOST_BYTES + " bytes");
      }
      String yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(file.toString(), yaml);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("the configuration " + file + " is not UTF-8");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("the configuration " + file + ": there is no such file");
    } catch (AccessDeniedException e) {
      throw new ConfigurationException("the configuration " + file + ": permission denied");
    } catch (IOException e) {
      throw new ConfigurationException(
          "the configuration " + file + " cannot be read: " + e.getMessage());
    }
  }

  static Tenancy parse(String name, String yaml) throws ConfigurationException {
    TenancyFile file = new TenancyFile();
    List<Project> projects = List.of();
    try {
      Optional<Node> root = compose(name, yaml);
      if (root.isEmpty()) {
        throw new ConfigurationException("the configuration " + name + " is empty");
      }
      projects = file.projects(root.get());
    } catch (MarkedYamlEngineException e) {
      file.faults.add(e.getProblemMark(), "this is not YAML: " + problem(e));
    } catch (YamlEngineException e) { // such has no place
      String what =
          e.getMessage().startsWith("Number of aliases")
              ? " has an alias (a name after a *) of a list or a mapping; write that out"
              : " is not YAML: " + Quoted.printable(e.getMessage(), 200);
      throw new ConfigurationException("the configuration " + name + what);
    } catch (StackOverflowError e) { // the library reads nested collections by recursion
      throw new ConfigurationException("the configuration " + name + " is nested too deep");
    }
    file.faults.throwIfAny(name);
    return Tenancy.of(projects);
  }

  /** What the library found, and what it was reading by then, which may have begun far before. */
  private static String problem(MarkedYamlEngineException e) {
    String within =
        e.getContextMark()
            .map(
                mark ->
                    String.format(
                        Locale.ROOT,
                        " (%s that begins at line %d, column %d)",
                        e.getContext(),
                        mark.getLine() + 1,
                        mark.getColumn() + 1))
            .orElse("");
    return Quoted.printable(e.getProblem() + within, 250);
  }

  private static Optional<Node> compose(String name, String yaml) throws ConfigurationException {
    try {
      return new Compose(settings(name, yaml)).composeString(yaml);
    } catch (IllegalArgumentException e) { // the library takes eight digits for a character unseen
      throw new ConfigurationException(
          "the configuration "
              + name
              + " is not YAML: there is an escape \\U of a number that no character has");
    }
  }

  private static LoadSettings settings(String name, String yaml) {
    return LoadSettings.builder()
        .setLabel(name)
        .setSchema(new CoreSchema()) // by which ~ is null, as everybody expects
        // An alias repeats a list with all its faults: a small file could have a great many.
        .setMaxAliasesForCollections(0)
        // The whole text: the library fails on a surrogate pair on the edge of its buffer.
        .setBufferSize(yaml.length() + 2)
        .build();
  }

  private List<Project> projects(Node root) {
    Set<String> ids = new HashSet<>();
    YamlMap file = YamlMap.of(root, "the file", Set.of("projects"), faults);
    List<Node> entries = file.list("projects");
    if (entries.isEmpty()) {
      faults.add(root.getStartMark(), "there are no projects; nothing could be served");
    }
    return entries.stream().map(entry -> project(entry, ids)).toList();
  }

  private Project project(Node node, Set<String> ids) {
    YamlMap entry = YamlMap.of(node, "a project", Set.of("id", "clusters", "credentials"), faults);
    Set<String> clusterIds = new HashSet<>();
    Set<String> tokens = new HashSet<>();
    return new Project(
        id(entry, "project", ids),
        entry.list("clusters").stream().map(n -> cluster(n, clusterIds)).toList(),
        entry.list("credentials").stream().map(n -> credential(n, tokens)).toList());
  }

  private Cluster cluster(Node node, Set<String> ids) {
    YamlMap entry = YamlMap.of(node, "a cluster", Set.of("id", "name"), Set.of("size_gb"), faults);
    return new Cluster(id(entry, "cluster", ids), entry.text("name"), sizeGb(entry));
  }

  private static double sizeGb(YamlMap entry) {
    String text = entry.text("size_gb");
    if (SIZE.matcher(text).matches() && Double.parseDouble(text) > 0) {
      return Double.parseDouble(text);
    }
    if (!text.isEmpty()) {
      entry.fault(
          "size_gb", "this is not a number of GB, more than 0 and less than a thousand million");
    }
    return Cluster.DEFAULT_SIZE_GB;
  }

  private String id(YamlMap entry, String what, Set<String> ids) {
    String id = entry.text("id");
    if (!id.isEmpty() && !ids.add(id)) { // that there is none is told already
      entry.fault("id", "there is another " + what + " with this id");
    }
    Optional<String> fault = Tenancy.faultOfId(id);
    fault.filter(f -> !id.isEmpty()).ifPresent(f -> entry.fault("id", f));
    return fault.isPresent() ? FAULTY : id;
  }

  private Credential credential(Node node, Set<String> tokens) {
    YamlMap entry =
        YamlMap.of(node, "a credential", Set.of("name", "token_sha256", "actions"), faults);
    String digest = entry.text("token_sha256").toLowerCase(Locale.ROOT);
    if (!digest.isEmpty() && !SHA256.matcher(digest).matches()) {
      // What stands there may be the token itself, so it is not shown.
      entry.fault(
          "token_sha256",
          "this is not 64 hex digits; make them with: printf %s \"$TOKEN\" | sha256sum | cut -c 1-64");
    } else if (digest.equals(SHA256_OF_NOTHING)) {
      entry.fault("token_sha256", "this is the SHA-256 of an empty text; was TOKEN set?");
    } else if (!digest.isEmpty() && !tokens.add(digest)) {
      entry.fault("token_sha256", "another credential of the project has the same token");
    }
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (Node action : entry.list("actions")) {
      String name = YamlMap.text(action, "an action", faults);
      if (!name.isEmpty()) {
        Action.ofIamName(name)
            .ifPresentOrElse(
                actions::add,
                () ->
                    faults.add(
                        action.getStartMark(),
                        "there is no action " + Quoted.of(name) + "; there is " + known()));
      }
    }
    return new Credential(entry.text("name"), digest, actions);
  }

  private static String known() {
    return Arrays.stream(Action.values()).map(Action::iamName).collect(Collectors.joining(", "));
  }
}
