package io.github.dwssnapshots.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
   * @param fails whether its snapshots end as UNAVAILABLE
   * @param creationTime time a new snapshot stays CREATING; empty for the server's
   */
  public record Cluster(
      String id, String name, double sizeGb, boolean fails, Optional<Duration> creationTime) {
    public static final double DEFAULT_SIZE_GB = 500;

    private static final Duration MAX_CREATION_TIME = Duration.ofHours(24);

    /**
     * Checks the id, the size and the creation time.
     *
     * @throws IllegalArgumentException if one of them is not valid
     */
    public Cluster {
      checkId(id);
      if (!(sizeGb > 0 && sizeGb < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the cluster size is " + sizeGb + " GB; allowed: more than 0");
      }
      if (!creationTime.map(Cluster::isCreationTime).orElse(true)) {
        throw new IllegalArgumentException(
            "the creation time is " + creationTime.get() + "; allowed: 0 to 24 hours");
      }
    }

    /** Creates a cluster whose snapshots succeed, in the server's creation time. */
    public Cluster(String id, String name, double sizeGb) {
      this(id, name, sizeGb, false, Optional.empty());
    }

    /** Creates a cluster of the default size. */
    public Cluster(String id, String name) {
      this(id, name, DEFAULT_SIZE_GB);
    }

    /** Whether a creation can take this time: 0 to 24 hours. */
    public static boolean isCreationTime(Duration time) {
      return !time.isNegative() && time.compareTo(MAX_CREATION_TIME) <= 0;
    }

    /** Returns a copy whose snapshots end as UNAVAILABLE. */
    public Cluster failing() {
      return new Cluster(id, name, sizeGb, true, creationTime);
    }

    /** Returns a copy with its own creation time. */
    public Cluster withCreationTime(Duration time) {
      return new Cluster(id, name, sizeGb, fails, Optional.of(time));
    }
  }

  /**
   * A token or an access key, and the actions that it allows in a project.
   *
   * @param name for readers of the configuration
   */
  public record Credential(String name, Secret secret, Set<Action> actions) {
    public Credential {
      actions = Set.copyOf(actions);
    }

    /** Creates a credential. Keeps only the SHA-256 of the token. */
    public static Credential ofToken(String name, String token, Collection<Action> actions) {
      return new Credential(name, Token.of(token), Set.copyOf(actions));
    }

    /** Creates a credential for clients that sign their requests. */
    public static Credential ofAccessKey(
        String name, String accessKey, String secretKey, Collection<Action> actions) {
      return new Credential(name, new AccessKey(accessKey, secretKey), Set.copyOf(actions));
    }
  }

  /** A token or an access key. */
  public sealed interface Secret {}

  /**
   * A token, which is sent with each request.
   *
   * @param sha256 64 hex digits; the token itself is not stored
   */
  public record Token(String sha256) implements Secret {
    public Token {
      sha256 = sha256.toLowerCase(Locale.ROOT); // as in the lookup
    }

    /** Hashes a token. */
    public static Token of(String token) {
      return new Token(Tenancy.sha256(token.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * A key that signs requests.
   *
   * @param id the access key, which is sent: 1 to 128 letters, digits, '.', '_' or '-'
   * @param secretKey not empty; never sent nor shown
   */
  public record AccessKey(String id, String secretKey) implements Secret {
    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if the access key is invalid or the secret key empty
     */
    public AccessKey {
      if (!isId(id) || secretKey.isEmpty()) {
        throw new IllegalArgumentException("invalid access key, or empty secret key");
      }
    }

    /** Whether this can be an access key. */
    public static boolean isId(String id) {
      return id.matches("[A-Za-z0-9._-]{1,128}");
    }

    @Override
    public String toString() {
      return "AccessKey[id=" + id + "]";
    }
  }

  /** The client with a known token: allowed actions by project. */
  record Caller(Map<String, Set<Action>> actions) {
    boolean isAllowed(Action action, String projectId) {
      return actions.getOrDefault(projectId, Set.of()).contains(action);
    }
  }

  private record Signer(AccessKey key, Caller caller) {}

  private final Map<String, Map<String, Cluster>> clusters = new HashMap<>();
  private final Map<String, Caller> callers = new HashMap<>();
  private final Map<String, Signer> signers = new HashMap<>();

  /** For unknown access keys, so that they take the same time. */
  private final Signer unknown =
      new Signer(new AccessKey("unknown", UUID.randomUUID().toString()), new Caller(Map.of()));

  private Tenancy(List<Project> projects) {
    checkUnique("project id", projects, Project::id);
    for (Project project : projects) {
      checkUnique("cluster id in a project", project.clusters(), Cluster::id);
      checkUnique("token or access key in a project", project.credentials(), Tenancy::id);
      Map<String, Cluster> byId = new HashMap<>();
      project.clusters().forEach(cluster -> byId.put(cluster.id(), cluster));
      clusters.put(project.id(), byId);
      for (Credential credential : project.credentials()) {
        caller(credential.secret()).actions().put(project.id(), credential.actions());
      }
    }
  }

  private static String id(Credential credential) {
    return credential.secret() instanceof AccessKey key
        ? "key " + key.id()
        : credential.secret().toString();
  }

  private Caller caller(Secret secret) {
    if (secret instanceof Token token) {
      return callers.computeIfAbsent(token.sha256(), digest -> new Caller(new HashMap<>()));
    }
    AccessKey key = (AccessKey) secret;
    Signer signer =
        signers.computeIfAbsent(key.id(), id -> new Signer(key, new Caller(new HashMap<>())));
    if (!signer.key().equals(key)) {
      throw new IllegalArgumentException("the access key " + key.id() + " has two secret keys");
    }
    return signer.caller();
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

  /** The caller whose access key signed the request, at most 15 minutes before or after now. */
  Optional<Caller> caller(
      RequestSignature signature, RequestSignature.Signed request, Instant now) {
    Signer signer = signers.getOrDefault(signature.accessKey(), unknown);
    boolean valid = signature.isValid(request, signer.key().secretKey(), now);
    return valid && !signer.equals(unknown) ? Optional.of(signer.caller()) : Optional.empty();
  }

  static String sha256(byte[] token) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing", e);
    }
  }
}
