package io.github.dwssnapshots.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who may do what, where: the projects, their clusters and their credentials. Never changes; safe
 * for any number of threads.
 */
public final class Tenancy {
  /** The contract's bound for project_id and cluster_id. */
  private static final int MOST_ID_CHARACTERS = 64;

  /** What is wrong with an id, for people; empty where it can be one. */
  public static Optional<String> faultOfId(String id) {
    if (id.isEmpty()) {
      return Optional.of("the id is empty");
    }
    if (id.codePointCount(0, id.length()) > MOST_ID_CHARACTERS) {
      return Optional.of("the id has more than " + MOST_ID_CHARACTERS + " characters");
    }
    return id.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(id)
        ? Optional.of("the id has U+0000 or half a surrogate pair, which cannot be kept")
        : Optional.empty();
  }

  private static void checkId(String id) {
    faultOfId(id)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
  }

  private static <T> void checkUnique(String two, List<T> members, Function<T, String> key) {
    if (members.stream().map(key).distinct().count() < members.size()) {
      throw new IllegalArgumentException("there are two " + two);
    }
  }

  /**
   * A project.
   *
   * @param id 1 to 64 characters, unique in the tenancy
   * @param clusters with ids that are unique in the project
   * @param credentials with tokens that are unique in the project; a token may stand in several
   *     projects
   */
  public record Project(String id, List<Cluster> clusters, List<Credential> credentials) {
    /**
     * A project.
     *
     * @throws IllegalArgumentException for an id that is none
     */
    public Project {
      checkId(id);
      clusters = List.copyOf(clusters);
      credentials = List.copyOf(credentials);
    }
  }

  /**
   * A cluster of a project.
   *
   * @param id 1 to 64 characters
   * @param name for the people who read the configuration
   * @param sizeGb of each snapshot that is made of it, in GB; more than 0
   */
  public record Cluster(String id, String name, double sizeGb) {
    /** Of a cluster whose size nobody has said. */
    public static final double DEFAULT_SIZE_GB = 500;

    /**
     * A cluster.
     *
     * @throws IllegalArgumentException for an id that is none, or a size that is not a number above
     *     0
     */
    public Cluster {
      checkId(id);
      if (!(sizeGb > 0 && sizeGb < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("a cluster of " + sizeGb + " GB");
      }
    }

    /** A cluster of the default size. */
    public Cluster(String id, String name) {
      this(id, name, DEFAULT_SIZE_GB);
    }
  }

  /**
   * What a token permits in the project that the credential stands in.
   *
   * @param name for the people who read the configuration
   * @param tokenSha256 64 hex digits; the token itself is kept nowhere
   */
  public record Credential(String name, String tokenSha256, Set<Action> actions) {
    public Credential {
      tokenSha256 = tokenSha256.toLowerCase(Locale.ROOT); // as digests are looked up
      actions = Set.copyOf(actions);
    }

    /** A credential for this token, of which only the SHA-256 is kept. */
    public static Credential ofToken(String name, String token, Collection<Action> actions) {
      return new Credential(
          name, sha256(token.getBytes(StandardCharsets.UTF_8)), Set.copyOf(actions));
    }
  }

  /** Whoever sent a known token: what it permits, by project. */
  record Caller(Map<String, Set<Action>> actions) {
    boolean may(Action action, String projectId) {
      return actions.getOrDefault(projectId, Set.of()).contains(action);
    }
  }

  private final Map<String, Map<String, Cluster>> clusters = new HashMap<>();
  private final Map<String, Caller> callers = new HashMap<>();

  private Tenancy(List<Project> projects) {
    checkUnique("projects of one id", projects, Project::id);
    for (Project project : projects) {
      checkUnique("clusters of one id", project.clusters(), Cluster::id);
      checkUnique("credentials of one token", project.credentials(), Credential::tokenSha256);
      Map<String, Cluster> byId = new HashMap<>();
      project.clusters().forEach(cluster -> byId.put(cluster.id(), cluster));
      clusters.put(project.id(), byId);
      for (Credential credential : project.credentials()) {
        callers
            .computeIfAbsent(credential.tokenSha256(), digest -> new Caller(new HashMap<>()))
            .actions()
            .put(project.id(), credential.actions());
      }
    }
  }

  /**
   * The tenancy of these projects.
   *
   * @throws IllegalArgumentException where two have the same id, or one of them has two clusters or
   *     two credentials that are not unique
   */
  public static Tenancy of(List<Project> projects) {
    return new Tenancy(projects);
  }

  /** The project's cluster of this id. */
  public Optional<Cluster> cluster(String projectId, String clusterId) {
    return Optional.ofNullable(clusters.getOrDefault(projectId, Map.of()).get(clusterId));
  }

  /** Whoever has this token, given as the bytes that were sent. */
  Optional<Caller> caller(byte[] token) {
    // Looked up by its digest: how long the look-up takes tells nothing about the tokens that are
    // known.
    return Optional.ofNullable(callers.get(sha256(token)));
  }

  private static String sha256(byte[] token) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java platform has SHA-256", e);
    }
  }
}
