package io.github.dwssnapshots.server.storage;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * A clock that follows another one, but not back: when that is set back, this one goes on from
 * where it was. So no snapshot that has been AVAILABLE is CREATING again, and none is CREATING for
 * an hour longer. Safe for any number of threads.
 */
public final class ForwardClock {
  private static final long NANOS_OF_A_MILLI = 1_000_000;

  private final Clock followed;
  private final LongSupplier nanos;
  private long lastMillis;
  private long lastNanos;

  /**
   * @param nanos passes, whatever the other one does, as {@link System#nanoTime()}
   */
  public ForwardClock(Clock followed, LongSupplier nanos) {
    this.followed = followed;
    this.nanos = nanos;
    this.lastMillis = followed.millis();
    this.lastNanos = nanos.getAsLong();
  }

  /** Follows the system's clock. */
  public static ForwardClock ofSystem() {
    return new ForwardClock(Clock.systemUTC(), System::nanoTime);
  }

  /** Goes on from this time on, unless it is past that already. */
  synchronized void goOnFrom(long millis) {
    lastMillis = Math.max(millis(), millis);
  }

  /** The time, in milliseconds since 1970. */
  synchronized long millis() {
    long passed = (nanos.getAsLong() - lastNanos) / NANOS_OF_A_MILLI;
    lastNanos += passed * NANOS_OF_A_MILLI;
    lastMillis = Math.max(followed.millis(), lastMillis + passed);
    return lastMillis;
  }
}
