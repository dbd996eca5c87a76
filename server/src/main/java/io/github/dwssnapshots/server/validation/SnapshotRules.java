package io.github.dwssnapshots.server.validation;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.model.CreateSnapshotBody;
import io.github.dwssnapshots.server.model.Snapshot;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.regex.Pattern;

/**
 * Rules for a new snapshot. Not generated, since the generator's validation counts UTF-16 units
 * instead of characters. A test compares them with the contract.
 */
public final class SnapshotRules {
  private static final int NAME_MIN = 4;
  private static final int NAME_MAX = 64;
  private static final int DESCRIPTION_MAX = 256;
  private static final String DESCRIPTION_FORBIDDEN = "!<>'=&\"";
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private SnapshotRules() {}

  /**
   * Checks a body and returns its snapshot.
   *
   * @throws Failure with all broken rules
   */
  public static Snapshot check(Optional<CreateSnapshotBody> body) {
    if (body.isEmpty()) {
      throw new Failure(
          ErrorCode.INVALID_REQUEST,
          "the body is null; it must be an object with the property \"snapshot\"");
    }
    BrokenRules broken = new BrokenRules();
    Optional<Snapshot> snapshot = body.map(CreateSnapshotBody::getSnapshot);
    if (snapshot.isEmpty()) {
      broken.add("missing property \"snapshot\"");
    }
    snapshot.ifPresent(s -> check(s, broken));
    broken.throwIfAny();
    return snapshot.orElseThrow();
  }

  private static void check(Snapshot snapshot, BrokenRules broken) {
    Optional.ofNullable(snapshot.getName())
        .ifPresentOrElse(
            name -> checkName(name, broken),
            () -> broken.add("missing property \"snapshot.name\""));
    Optional.ofNullable(snapshot.getClusterId())
        .ifPresentOrElse(
            id -> checkClusterId(id, broken),
            () -> broken.add("missing property \"snapshot.cluster_id\""));
    checkDescription(snapshot.getDescription(), broken);
  }

  private static void checkName(String name, BrokenRules broken) {
    int length = length(name);
    if (length < NAME_MIN || length > NAME_MAX) {
      broken.add(
          "snapshot.name: %s has %s (allowed: %d to %d)",
          Quoted.of(name),
          length == 1 ? "1 character" : length + " characters",
          NAME_MIN,
          NAME_MAX);
    }
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      broken.add(
          "snapshot.name: %s must start with an ASCII letter and contain only ASCII letters, digits, hyphens and underscores",
          Quoted.of(name));
    }
  }

  private static void checkClusterId(String id, BrokenRules broken) {
    if (id.isEmpty()) {
      broken.add("snapshot.cluster_id is empty; send the ID of a cluster");
    }
  }

  private static void checkDescription(String description, BrokenRules broken) {
    int length = length(description);
    if (length > DESCRIPTION_MAX) {
      broken.add(
          "snapshot.description has %d characters (allowed: at most %d)", length, DESCRIPTION_MAX);
    }
    int at = 1;
    for (PrimitiveIterator.OfInt each = description.codePoints().iterator(); each.hasNext(); at++) {
      int c = each.nextInt();
      if (isForbidden(c)) {
        broken.add(
            "snapshot.description: character %d is %s (not allowed: %s, U+0000 and unpaired surrogates)",
            at, Quoted.of(Character.toString(c)), DESCRIPTION_FORBIDDEN);
        return;
      }
    }
  }

  private static boolean isForbidden(int codePoint) {
    return codePoint == 0
        || Character.getType(codePoint) == Character.SURROGATE // unpaired: codePoints() joins pairs
        || DESCRIPTION_FORBIDDEN.indexOf(codePoint) >= 0;
  }

  /** Counts code points, as JSON Schema does. */
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
