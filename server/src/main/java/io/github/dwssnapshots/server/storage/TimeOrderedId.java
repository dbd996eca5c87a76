package io.github.dwssnapshots.server.storage;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Ids of snapshots: UUIDs of version 7 (RFC 9562, 5.7), which begin with their time. Those of
 * snapshots that are created together stand side by side in the index: a batch writes one page of
 * it, where random ids write a page each. Not safe for threads.
 */
final class TimeOrderedId {
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long RANDOM_OF_VARIANT = 0x3fff_ffff_ffff_ffffL;

  private final SecureRandom random = new SecureRandom();

  /** An id that nobody has or can guess: 74 bits of it are random. */
  UUID of(long millis) {
    long first = (millis << 16) | VERSION_7 | random.nextInt(1 << 12);
    return new UUID(first, VARIANT | (random.nextLong() & RANDOM_OF_VARIANT));
  }
}
