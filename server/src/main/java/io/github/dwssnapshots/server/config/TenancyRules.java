package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.access.Tenancy;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.fault.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Checks a tenancy file. Reports all errors together, each with its path. */
final class TenancyRules {
  /** What a valid file says. */
  record Configuration(Tenancy tenancy, List<Fault> faults) {}

  /** The file as parsed. A component is null if the file lacks it. */
  record File(List<Project> projects, List<FaultRules.Written> faults) {}

  record Project(String id, List<Cluster> clusters, List<Credential> credentials) {}

  record Cluster(String id, String name, String sizeGb, String outcome, String creationTime) {}

  record Credential(
      String name,
      String token,
      String tokenSha256,
      String accessKey,
      String secretKey,
      String secretKeyEnv,
      List<String> actions) {}

  private static final int MAX_SHOWN = 50;
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  private final List<String> errors = new ArrayList<>();
  private final CredentialRules credentials;

  private TenancyRules(UnaryOperator<String> environment) {
    credentials = new CredentialRules(environment, this::error);
  }

  static Configuration check(String name, File file, UnaryOperator<String> environment)
      throws ConfigurationException {
    TenancyRules rules = new TenancyRules(environment);
    Set<String> ids = new HashSet<>();
    List<Tenancy.Project> projects =
        rules.each("projects", file.projects(), (path, p) -> rules.project(path, p, ids));
    if (file.projects() != null && projects.isEmpty()) {
      rules.error("projects", "at least one is required");
    }
    List<Fault> injected =
        file.faults() == null
            ? List.of()
            : rules.each("faults", file.faults(), rules::injected).stream()
                .flatMap(Optional::stream)
                .toList();
    List<String> errors = rules.errors;
    if (errors.isEmpty()) {
      return new Configuration(Tenancy.of(projects), injected);
    }
    if (errors.size() == 1) {
      throw new ConfigurationException(name + ": " + errors.get(0));
    }
    List<String> lines = new ArrayList<>(errors.subList(0, Math.min(errors.size(), MAX_SHOWN)));
    lines.add(0, name + " has " + errors.size() + " errors:");
    if (errors.size() > MAX_SHOWN) {
      lines.add("and " + (errors.size() - MAX_SHOWN) + " more");
    }
    throw new ConfigurationException(String.join("\n  ", lines));
  }

  private Tenancy.Project project(String path, Project project, Set<String> ids) {
    Set<String> clusters = new HashSet<>();
    Set<String> tokens = new HashSet<>();
    return new Tenancy.Project(
        id(path + ".id", project.id(), ids),
        each(path + ".clusters", project.clusters(), (at, c) -> cluster(at, c, clusters)),
        each(path + ".credentials", project.credentials(), (at, c) -> credential(at, c, tokens)));
  }

  private Tenancy.Cluster cluster(String path, Cluster cluster, Set<String> ids) {
    String outcome = Objects.requireNonNullElse(cluster.outcome(), "AVAILABLE");
    if (!outcome.matches("(UN)?AVAILABLE")) {
      error(path + ".outcome", "expected AVAILABLE or UNAVAILABLE");
    }
    return new Tenancy.Cluster(
        id(path + ".id", cluster.id(), ids),
        name(path + ".name", cluster.name()),
        sizeGb(path + ".size_gb", Optional.ofNullable(cluster.sizeGb())),
        outcome.equals("UNAVAILABLE"),
        Optional.ofNullable(cluster.creationTime())
            .flatMap(text -> creationTime(path + ".creation_time", text)));
  }

  private Optional<Duration> creationTime(String path, String text) {
    Optional<Duration> time = TimeText.parse(text).filter(Tenancy.Cluster::isCreationTime);
    if (time.isEmpty()) {
      error(path, TimeText.EXPECTED + ", at most 24h");
    }
    return time;
  }

  private Optional<Fault> injected(String path, FaultRules.Written written) {
    try {
      return Optional.of(FaultRules.fault(written));
    } catch (IllegalArgumentException e) {
      error(path, e.getMessage());
      return Optional.empty();
    }
  }

  private Tenancy.Credential credential(String path, Credential credential, Set<String> tokens) {
    return new Tenancy.Credential(
        name(path + ".name", credential.name()),
        credentials.secret(path, credential, tokens),
        credential.actions() == null
            ? EnumSet.allOf(Action.class)
            : each(path + ".actions", credential.actions(), this::action).stream()
                .flatMap(Optional::stream)
                .collect(Collectors.toSet()));
  }

  private String id(String path, String value, Set<String> ids) {
    String id = Objects.requireNonNullElse(value, "");
    Optional<String> fault = Tenancy.faultOfId(id);
    if (fault.isEmpty() && !ids.add(id)) {
      fault = Optional.of("duplicate id");
    }
    fault.ifPresent(f -> error(path, f));
    return fault.isPresent() ? "faulty" : id;
  }

  private String name(String path, String value) {
    String name = Objects.requireNonNullElse(value, "");
    if (name.isEmpty()) {
      error(path, "missing or empty");
    }
    return name;
  }

  private double sizeGb(String path, Optional<String> size) {
    double gb =
        size.map(s -> SIZE.matcher(s).matches() ? Double.parseDouble(s) : 0)
            .orElse(Tenancy.Cluster.DEFAULT_SIZE_GB);
    if (gb > 0) {
      return gb;
    }
    error(path, "expected a number of GB above 0 and below 1000000000, e.g. 500 or 120.5");
    return Tenancy.Cluster.DEFAULT_SIZE_GB;
  }

  private Optional<Action> action(String path, String name) {
    Optional<Action> action = Action.ofIamName(name);
    if (action.isEmpty()) {
      List<String> known = Arrays.stream(Action.values()).map(Action::iamName).toList();
      error(path, "unknown action " + Quoted.of(name) + "; allowed: " + known);
    }
    return action;
  }

  private <T, R> List<R> each(String path, List<T> entries, BiFunction<String, T, R> read) {
    if (entries == null) {
      error(path, "a list is required");
      return List.of();
    }
    return IntStream.range(0, entries.size())
        .mapToObj(i -> read.apply(path + "[" + i + "]", entries.get(i)))
        .toList();
  }

  private void error(String path, String error) {
    errors.add(path + ": " + error);
  }
}
