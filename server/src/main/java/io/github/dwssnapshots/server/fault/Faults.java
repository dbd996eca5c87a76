package io.github.dwssnapshots.server.fault;

import java.util.List;
import java.util.Optional;

/** The faults that a server injects; none at first. Thread-safe. */
public final class Faults {
  /** A fault with its counts, guarded by the lock of Faults. */
  private static final class Counted {
    private final Fault fault;
    private int requests;
    private int injected;

    private Counted(Fault fault) {
      this.fault = fault;
    }
  }

  private List<Counted> faults = List.of();
  private volatile boolean hasDelays;

  /**
   * Replaces all faults and resets the counts. The first fault of an operation that is not used up
   * applies to a request. Requests in flight keep their fault.
   */
  public synchronized void set(List<Fault> replacement) {
    faults = replacement.stream().map(Counted::new).toList();
    hasDelays = replacement.stream().anyMatch(fault -> fault.effect() instanceof Fault.Delay);
  }

  /** As {@link #set(List)}. */
  public void set(Fault... replacement) {
    set(List.of(replacement));
  }

  /** Removes all faults. */
  public void clear() {
    set();
  }

  /** Without delays, the property of each request need not be read, which takes Jersey long. */
  boolean hasDelays() {
    return hasDelays;
  }

  /** Counts a request. Returns what happens to it. */
  synchronized Optional<Fault.Effect> next(String operation) {
    for (Counted each : faults) {
      if (each.fault.operation().equals(operation) && each.injected < each.fault.times()) {
        each.requests++;
        if (each.requests % each.fault.every() != 0) {
          return Optional.empty();
        }
        each.injected++;
        return Optional.of(each.fault.effect());
      }
    }
    return Optional.empty();
  }
}
