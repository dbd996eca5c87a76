package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.fault.Fault;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the faults of a configuration file. */
final class FaultRules {
  /** A fault as written; a component is null if it is missing. */
  record Written(
      String operation, String status, String delay, String drop, String times, String every) {}

  private FaultRules() {}

  /**
   * Reads a fault.
   *
   * @throws IllegalArgumentException with the first error, for users
   */
  static Fault fault(Written fault) {
    if (fault.operation() == null) {
      throw new IllegalArgumentException("operation is missing");
    }
    long effects =
        Stream.of(fault.status(), fault.delay(), fault.drop()).filter(Objects::nonNull).count();
    if (effects != 1) {
      throw new IllegalArgumentException("expected exactly one of status, delay, drop");
    }
    return new Fault(
        fault.operation(),
        effect(fault),
        number("every", fault.every()).orElse(1),
        number("times", fault.times()).orElse(Integer.MAX_VALUE));
  }

  private static Fault.Effect effect(Written fault) {
    if (fault.delay() != null) {
      return TimeText.parse(fault.delay())
          .map(Fault.Delay::new)
          .orElseThrow(() -> new IllegalArgumentException("delay: " + TimeText.EXPECTED));
    }
    if (fault.drop() != null) {
      return Stream.of(Fault.Drop.values())
          .filter(drop -> drop.toString().equals("drop " + fault.drop()))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("drop: expected before or after"));
    }
    return new Fault.Status(number("status", fault.status()).orElseThrow());
  }

  private static Optional<Integer> number(String name, String text) {
    if (text != null && !text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(name + ": expected a number");
    }
    return Optional.ofNullable(text).map(Integer::valueOf);
  }
}
