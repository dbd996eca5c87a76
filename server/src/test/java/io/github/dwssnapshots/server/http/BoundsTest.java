package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Limits derived from the memory and the file descriptors of the process. */
class BoundsTest {
  private static final long MIB = 1 << 20;

  @Test
  void connectionsFitIntoHalfOfTheHeap() {
    assertEquals(409, Bounds.of(64 * MIB, 1_000_000, false).connections());
    assertEquals(6553, Bounds.of(1024 * MIB, 1_000_000, false).connections());
    assertEquals(20_000, Bounds.of(100_000 * MIB, 1_000_000, false).connections());
    assertEquals(1, Bounds.of(0, 1_000_000, false).connections());
  }

  @Test
  void connectionsFitIntoTheFileDescriptors() {
    assertEquals(768, Bounds.of(100_000 * MIB, 768, false).connections());
    assertEquals(1, Bounds.of(100_000 * MIB, -156, false).connections());
  }

  @Test
  void documentationStatesTheLimits() throws IOException {
    String document =
        Files.readString(Path.of("..", ".github", "configuration.md")).replaceAll("\\s+", " ");
    Bounds most = Bounds.of(100_000 * MIB, 1_000_000, false);
    String sentence =
        String.format(
            Locale.ROOT,
            "%d KiB and %d fields for request line and header, %d KiB for a body, %d seconds for a"
                + " request to arrive, %d for an idle connection, %d for a client to read the next"
                + " part of a list; %,d connections (with `-Xmx64m` %d, and %d with HTTPS) and %,d requests in flight",
            Bounds.HEAD_BYTES / 1024,
            Bounds.FIELDS,
            Bounds.BODY_BYTES / 1024,
            most.receive().toSeconds(),
            most.idle().toSeconds(),
            most.write().toSeconds(),
            most.connections(),
            Bounds.of(64 * MIB, 1_000_000, false).connections(),
            Bounds.of(64 * MIB, 1_000_000, true).connections(),
            most.requests());
    assertTrue(document.contains(sentence), sentence);
  }
}
