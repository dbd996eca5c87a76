package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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

  @Test
  void theReadmeHasThem() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md")).replaceAll("\\s+", " ");
    Bounds small = Bounds.of(64 * MIB, 1_000_000);
    Bounds most = Bounds.of(100_000 * MIB, 1_000_000);
    for (String told :
        List.of(
            String.format(
                Locale.ROOT,
                "%d KiB and %d fields for request line and header, %d KiB for a body, %d seconds"
                    + " for a request to arrive, %d for a connection to lie idle",
                RequestHead.MOST_BYTES / 1024,
                HeaderFields.MOST,
                RequestHead.MOST_BODY_BYTES / 1024,
                Peer.SLOWEST_REQUEST.toSeconds(),
                Peer.LONGEST_IDLE.toSeconds()),
            String.format(
                Locale.ROOT,
                "%,d and %d with `-Xmx64m`, %,d and %,d at the most",
                small.connections(),
                small.requests(),
                most.connections(),
                most.requests()),
            String.format(
                Locale.ROOT,
                "more than %d seconds for a piece of 20 KB is cut off, or more than %d while others"
                    + " find no room",
                Peer.LONGEST_STALL.toSeconds(),
                Peer.LONGEST_STALL_IN_THE_WAY.toSeconds()),
            String.format(
                Locale.ROOT, "costs some %d KiB of memory", Bounds.BYTES_OF_REQUEST / 1024))) {
      assertTrue(readme.contains(told), told);
    }
  }
}
