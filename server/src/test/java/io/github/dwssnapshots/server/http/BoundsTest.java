package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What follows from the memory and the descriptors that a process has. */
class BoundsTest {
  private static final long MIB = 1 << 20;

  @Test
  void theyGrowWithTheMemoryUpToABound() {
    assertEquals(new Bounds(3_072, 24 * MIB, 384), Bounds.of(64 * MIB, 1_000_000));
    assertEquals(new Bounds(20_000, 504 * MIB, 2_048), Bounds.of(1024 * MIB, 1_000_000));
    assertEquals(new Bounds(20_000, 49_992 * MIB, 2_048), Bounds.of(100_000 * MIB, 1_000_000));
    assertEquals(new Bounds(1, 0, 1), Bounds.of(MIB, 1_000_000));
  }

  @Test
  void noMoreConnectionsThanDescriptors() {
    for (int descriptors : new int[] {300, 1024, 4096, 20_000}) {
      Bounds bounds = Bounds.of(100_000 * MIB, descriptors);
      assertTrue(bounds.connections() + bounds.told() + 200 < descriptors, bounds::toString);
    }
    assertEquals(1, Bounds.of(100_000 * MIB, 10).connections());
  }
}
