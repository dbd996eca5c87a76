package io.github.dwssnapshots.server.validation;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.model.CreateSnapshotRequest;
import io.github.dwssnapshots.server.model.Snapshot;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.regex.Pattern;

/**
 * The documents' rules for a snapshot that is to be created, by hand, since the generator's
 * validation counts UTF-16 units and stops at the wrong places. A test tries them against the
 * contract's bounds.
 */
public final class SnapshotRules {
  private static final int NAME_MIN = 4;
  private static final int NAME_MAX = 64;
  private static final int CLUSTER_ID_MAX = 64;
  private static final int DESCRIPTION_MAX = 256;
  private static final String DESCRIPTION_FORBIDDEN = "!<>'=&\"";
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private SnapshotRules() {}

  /**
   * Passes what breaks no rule.
   *
   * @throws Failure that names every broken rule
   */
  public static Snapshot check(Optional<CreateSnapshotRequest> body) {
    if (body.isEmpty()) {
      throw new Failure(
          ErrorCode.INVALID_REQUEST,
          "the body is null; it must be an object with the member snapshot");
    }
    BrokenRules broken = new BrokenRules();
    Optional<Snapshot> snapshot = body.map(CreateSnapshotRequest::getSnapshot);
    if (snapshot.isEmpty()) {
      broken.add("snapshot is missing");
    }
    snapshot.ifPresent(s -> check(s, broken));
    broken.throwIfAny();
    return snapshot.orElseThrow();
  }

  private static void check(Snapshot snapshot, BrokenRules broken) {
    Optional.ofNullable(snapshot.getName())
        .ifPresentOrElse(
            name -> checkName(name, broken), () -> broken.add("snapshot.name is missing"));
    Optional.ofNullable(snapshot.getClusterId())
        .ifPresentOrElse(
            id -> checkClusterId(id, broken), () -> broken.add("snapshot.cluster_id is missing"));
    checkDescription(snapshot.getDescription(), broken);
  }

  private static void checkName(String name, BrokenRules broken) {
    int length = length(name);
    if (length < NAME_MIN || length > NAME_MAX) {
      broken.add(
          "snapshot.name: %s has %d characters, %d to %d are allowed",
          Quoted.of(name), length, NAME_MIN, NAME_MAX);
    }
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      broken.add(
          "snapshot.name: %s must begin with an ASCII letter and have only ASCII letters, digits, hyphens and underscores",
          Quoted.of(name));
    }
  }

  private static void checkClusterId(String id, BrokenRules broken) {
    int length = length(id);
    if (length < 1 || length > CLUSTER_ID_MAX) {
      broken.add("snapshot.cluster_id: %d characters, 1 to %d are allowed", length, CLUSTER_ID_MAX);
    }
  }

  private static void checkDescription(String description, BrokenRules broken) {
    int length = length(description);
    if (length > DESCRIPTION_MAX) {
      broken.add(
          "snapshot.description: %d characters, at most %d are allowed", length, DESCRIPTION_MAX);
    }
    int at = 1;
    for (PrimitiveIterator.OfInt each = description.codePoints().iterator(); each.hasNext(); at++) {
      int c = each.nextInt();
      if (forbidden(c)) {
        broken.add(
            "snapshot.description: character %d is %s; none of %s, U+0000 and unpaired surrogates is allowed",
            at, Quoted.of(Character.toString(c)), DESCRIPTION_FORBIDDEN);
        return;
      }
    }
  }

  private static boolean forbidden(int codePoint) {
    return codePoint == 0
        || Character.getType(codePoint)
            == Character.SURROGATE // code points has made pairs one already
        || DESCRIPTION_FORBIDDEN.indexOf(codePoint) >= 0;
  }

  /**
   * In code points, as JSON Schema counts and as a person does: 256 emoji fit into a description.
   */
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
