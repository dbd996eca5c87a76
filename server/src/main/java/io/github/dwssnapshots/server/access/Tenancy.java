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

/** Projects with their clusters and credentials. Immutable. */
public final class Tenancy {
  private static final int MAX_ID_CHARACTERS = 64;

  /** Checks an id. Returns what is wrong with it, for users; empty if it is valid. */
  public static Optional<String> faultOfId(String id) {
    if (id.isEmpty()) {
      return Optional.of("the id is empty");
    }
    if (id.codePointCount(0, id.length()) > MAX_ID_CHARACTERS) {
      return Optional.of("the id has more than " + MAX_ID_CHARACTERS + " characters");
    }
    return id.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(id)
        ? Optional.of("the id contains U+0000 or an unpaired surrogate")
        : Optional.empty();
  }

  private static void checkId(String id) {
    faultOfId(id)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
  }

  private static <T> void checkUnique(String name, List<T> entries, Function<T, String> key) {
    if (entries.stream().map(key).distinct().count() < entries.size()) {
      throw new IllegalArgumentException("duplicate " + name);
    }
  }

  /**
   * A project.
   *
   * @param id 1 to 64 characters, unique in the tenancy
   * @param clusters with ids that are unique in the project
   * @param credentials with tokens that are unique in the project; a token can have credentials in
   *     several projects
   */
  public record Project(String id, List<Cluster> clusters, List<Credential> credentials) {
    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if the id is not valid
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
   * @param name for readers of the configuration
   * @param sizeGb size of each of its snapshots in GB, more than 0
   */
  public record Cluster(String id, String name, double sizeGb) {
    public static final double DEFAULT_SIZE_GB = 500;

    /**
     * Checks the id and the size.
     *
     * @throws IllegalArgumentException if one of them is not valid
     */
    public Cluster {
      checkId(id);
      if (!(sizeGb > 0 && sizeGb < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the cluster size is " + sizeGb + " GB; allowed: more than 0");
      }
    }

    /** Creates a cluster of the default size. */
    public Cluster(String id, String name) {
      this(id, name, DEFAULT_SIZE_GB);
    }
  }

  /**
   * The actions that a token allows in a project.
   *
   * @param name for readers of the configuration
   * @param tokenSha256 SHA-256 of the token, 64 hex digits; the token itself is not stored
   */
  public record Credential(String name, String tokenSha256, Set<Action> actions) {
    public Credential {
      tokenSha256 = tokenSha256.toLowerCase(Locale.ROOT); // as in the lookup
      actions = Set.copyOf(actions);
    }

    /** Creates a credential. Keeps only the SHA-256 of the token. */
    public static Credential ofToken(String name, String token, Collection<Action> actions) {
      return new Credential(
          name, sha256(token.getBytes(StandardCharsets.UTF_8)), Set.copyOf(actions));
    }
  }

  /** The client with a known token: allowed actions by project. */
  record Caller(Map<String, Set<Action>> actions) {
    boolean isAllowed(Action action, String projectId) {
      return actions.getOrDefault(projectId, Set.of()).contains(action);
    }
  }

  private final Map<String, Map<String, Cluster>> clusters = new HashMap<>();
  private final Map<String, Caller> callers = new HashMap<>();

  private Tenancy(List<Project> projects) {
    checkUnique("project id", projects, Project::id);
    for (Project project : projects) {
      checkUnique("cluster id in a project", project.clusters(), Cluster::id);
      checkUnique("token in a project", project.credentials(), Credential::tokenSha256);
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
   * Creates a tenancy.
   *
   * @throws IllegalArgumentException if two projects have the same id, or two clusters or two
   *     credentials of a project have the same id or token
   */
  public static Tenancy of(List<Project> projects) {
    return new Tenancy(projects);
  }

  /** Finds a cluster; empty if the project does not have it. */
  public Optional<Cluster> cluster(String projectId, String clusterId) {
    return Optional.ofNullable(clusters.getOrDefault(projectId, Map.of()).get(clusterId));
  }

  /** Finds the client with a token, given as the bytes sent. */
  Optional<Caller> caller(byte[] token) {
    // By digest, so that the time of the lookup reveals nothing about known tokens.
    return Optional.ofNullable(callers.get(sha256(token)));
  }

  private static String sha256(byte[] token) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing", e);
    }
  }
}
