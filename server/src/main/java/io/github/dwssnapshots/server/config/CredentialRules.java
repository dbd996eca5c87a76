package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.Tenancy;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks the tokens and access keys of a tenancy file. Its messages never show a secret. */
final class CredentialRules {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Tenancy.Secret FAULTY = new Tenancy.Token("");

  /** The result of hashing a variable that is not set. */
  private static final String SHA256_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final UnaryOperator<String> environment;
  private final BiConsumer<String, String> fault;
  private final Map<String, String> secretKeys = new HashMap<>();

  /**
   * Rules for one file.
   *
   * @param environment the value of a variable, or null, as {@link System#getenv(String)}
   * @param fault takes the path of a fault, and its message
   */
  CredentialRules(UnaryOperator<String> environment, BiConsumer<String, String> fault) {
    this.environment = environment;
    this.fault = fault;
  }

  /** Whether the file itself has a secret. */
  static boolean hasSecret(TenancyRules.Credential credential) {
    return credential.token() != null || credential.secretKey() != null;
  }

  /**
   * Checks a credential.
   *
   * @param others tokens and access keys of the project so far
   */
  Tenancy.Secret secret(String path, TenancyRules.Credential credential, Set<String> others) {
    long kinds =
        Stream.of(credential.token(), credential.tokenSha256(), credential.accessKey())
            .filter(Objects::nonNull)
            .count();
    if (kinds != 1) {
      fault.accept(path, "expected exactly one of token_sha256, token, access_key");
      return FAULTY;
    }
    if (credential.accessKey() != null) {
      return accessKey(path, credential, others);
    }
    if (credential.secretKey() != null || credential.secretKeyEnv() != null) {
      fault.accept(path, "secret_key and secret_key_env need access_key");
    }
    Tenancy.Token token =
        credential.token() == null
            ? new Tenancy.Token(digest(path + ".token_sha256", credential.tokenSha256()))
            : token(path + ".token", credential.token());
    if (SHA256.matcher(token.sha256()).matches() && !others.add(token.sha256())) {
      fault.accept(
          path + (credential.token() == null ? ".token_sha256" : ".token"),
          "another credential of the project has the same token");
    }
    return token;
  }

  private Tenancy.Token token(String path, String token) {
    if (token.isEmpty()) {
      fault.accept(path, "missing or empty");
    }
    return Tenancy.Token.of(token);
  }

  private String digest(String path, String value) {
    String digest = value.toLowerCase(Locale.ROOT);
    if (digest.equals(SHA256_OF_NOTHING)) {
      fault.accept(path, "this is the SHA-256 of an empty string; was TOKEN set?");
    } else if (!SHA256.matcher(digest).matches()) {
      fault.accept(
          path, "expected 64 hex digits, from: printf %s \"$TOKEN\" | sha256sum | cut -c 1-64");
    }
    return digest;
  }

  private Tenancy.Secret accessKey(
      String path, TenancyRules.Credential credential, Set<String> others) {
    String id = credential.accessKey();
    if (!Tenancy.AccessKey.isId(id)) {
      fault.accept(path + ".access_key", "expected 1 to 128 letters, digits, '.', '_' or '-'");
    } else if (!others.add("access key " + id)) {
      fault.accept(
          path + ".access_key", "another credential of the project has the same access key");
      return FAULTY;
    }
    String secretKey = secretKey(path, credential);
    if (!secretKey.isEmpty()
        && !secretKeys.computeIfAbsent(id, first -> secretKey).equals(secretKey)) {
      fault.accept(path + ".access_key", "has another secret key in another project");
    }
    return Tenancy.AccessKey.isId(id) && !secretKey.isEmpty()
        ? new Tenancy.AccessKey(id, secretKey)
        : FAULTY;
  }

  private String secretKey(String path, TenancyRules.Credential credential) {
    Optional<String> variable = Optional.ofNullable(credential.secretKeyEnv());
    if (variable.isPresent() == (credential.secretKey() != null)) {
      fault.accept(path, "expected exactly one of secret_key, secret_key_env");
      return "";
    }
    String secretKey =
        variable.map(environment).or(() -> Optional.ofNullable(credential.secretKey())).orElse("");
    if (secretKey.isEmpty()) {
      fault.accept(
          path + variable.map(name -> ".secret_key_env").orElse(".secret_key"),
          variable.map(name -> "the variable is not set").orElse("missing or empty"));
    }
    return secretKey;
  }
}
