package io.github.dwssnapshots.server.validation;

import java.util.Optional;

/** Bounds of the query parameters of a list. A test compares them with the contract. */
public final class ListRules {
  private static final int LIMIT_MIN = 1;
  private static final int OFFSET_MIN = 0;

  private ListRules() {}

  /**
   * Checks the bounds of limit and offset.
   *
   * @throws io.github.dwssnapshots.server.error.Failure with all values out of bounds
   */
  public static void check(Optional<Integer> limit, int offset) {
    BrokenRules broken = new BrokenRules();
    limit
        .filter(l -> l < LIMIT_MIN)
        .ifPresent(l -> broken.add("limit is %d (allowed: at least %d)", l, LIMIT_MIN));
    if (offset < OFFSET_MIN) {
      broken.add("offset is %d (allowed: at least %d)", offset, OFFSET_MIN);
    }
    broken.throwIfAny();
  }
}
