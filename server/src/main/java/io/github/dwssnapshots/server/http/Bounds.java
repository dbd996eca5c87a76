package io.github.dwssnapshots.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much a server takes at the same time. What is past it is refused with 503 at once: without a
 * bound the memory would be the bound, and a server without memory neither serves nor stops.
 *
 * <p>Half of the memory is for connections, the other half for what they have sent of requests that
 * are not whole. Requests in flight are reckoned as if all of it were theirs, and each a list.
 *
 * @param connections open ones, whatever they do
 * @param gatheredBytes of all requests that are not whole
 * @param requests whole ones whose answer has not been sent to its end, lists for the most part
 */
record Bounds(int connections, long gatheredBytes, int requests) {
  /** What a server needs for itself. */
  private static final long OWN_BYTES = 16L << 20;

  /** What a connection holds that lies idle, 3 KB, and a head of 4 KB whose body is awaited. */
  private static final long BYTES_OF_CONNECTION = 8L << 10;

  /** What a list holds between two pieces, and while it makes one. */
  static final long BYTES_OF_REQUEST = 128L << 10;

  /** More than anybody has asked for; each costs a file descriptor too. */
  private static final int MOST_CONNECTIONS = 20_000;

  /**
   * What a slow machine does in a second. Past that more requests at once would only have each wait
   * for longer, however many clients there are: see the promise about ten times the load.
   */
  private static final int MOST_REQUESTS = 2_048;

  /** Files of the process that are no connections: jars, the database, and some more. */
  private static final long OWN_DESCRIPTORS = 256;

  /** Of this process. */
  static Bounds ofProcess() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    return of(Runtime.getRuntime().maxMemory(), descriptors);
  }

  /**
   * An eighth of the connections more is told that there are too many, and needs descriptors too.
   */
  static Bounds of(long bytes, long descriptors) {
    long files = Math.max(1, (descriptors - OWN_DESCRIPTORS) / 9 * 8);
    long own = Math.max(0, bytes - OWN_BYTES);
    return new Bounds(
        (int) Math.min(files, fitting(own / 2, BYTES_OF_CONNECTION, MOST_CONNECTIONS)),
        own / 2,
        fitting(own, BYTES_OF_REQUEST, MOST_REQUESTS));
  }

  /** So many connections more are told why they are refused; what is past them is closed. */
  int told() {
    return Math.max(1, connections / 8);
  }

  private static int fitting(long bytes, long each, int most) {
    return (int) Math.max(1, Math.min(most, bytes / each));
  }
}
