package io.github.dwssnapshots.server.validation;

import java.util.Optional;

/** The contract's rules for the part of a list that is asked for. A test tries its bounds. */
public final class ListRules {
  private static final int LIMIT_MIN = 1;
  private static final int OFFSET_MIN = 0;

  private ListRules() {}

  /**
   * Passes what breaks no rule.
   *
   * @throws io.github.dwssnapshots.server.error.Failure that names every broken rule
   */
  public static void check(Optional<Integer> limit, int offset) {
    BrokenRules broken = new BrokenRules();
    limit
        .filter(l -> l < LIMIT_MIN)
        .ifPresent(l -> broken.add("limit is %d, at least %d is allowed", l, LIMIT_MIN));
    if (offset < OFFSET_MIN) {
      broken.add("offset is %d, at least %d is allowed", offset, OFFSET_MIN);
    }
    broken.throwIfAny();
  }
}
