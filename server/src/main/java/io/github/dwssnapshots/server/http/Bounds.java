package io.github.dwssnapshots.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Limits of the HTTP side. Without them memory would be the limit, and a server without memory
 * neither serves nor stops.
 *
 * @param connections open at the same time; more are closed at once
 * @param requests that are being answered; more get 503
 * @param receive time for a request to arrive, from its first byte to its last
 * @param idle time that a connection can be idle
 * @param write time that an answer waits for its client to read
 * @param stop time that a stop waits for answers
 */
public record Bounds(
    int connections, int requests, Duration receive, Duration idle, Duration write, Duration stop) {
  /** Request line and header fields. IAM tokens of more than 20 KB are in use. */
  static final int HEAD_BYTES = 64 * 1024;

  static final int FIELDS = 100;

  /** The contract's bound. The longest description, all of it escaped, makes 3 KiB. */
  static final int BODY_BYTES = 16 * 1024;

  /**
   * Bytes of answers that a client has not read: above them its next request ends the connection.
   */
  static final int UNREAD_BYTES = 64 * 1024;

  private static final int BYTES_PER_CONNECTION = HEAD_BYTES + BODY_BYTES;
  private static final int MAX_CONNECTIONS = 20_000;
  private static final int MAX_REQUESTS = 2_048;
  private static final long OTHER_FILES = 256; // jars and the database

  /** Limits for this process: the longest requests of all connections fit into half the heap. */
  public static Bounds ofProcess() {
    long files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount() - OTHER_FILES
            : MAX_CONNECTIONS;
    return of(Runtime.getRuntime().maxMemory(), files);
  }

  static Bounds of(long heapBytes, long files) {
    long fitting = Math.min(files, heapBytes / 2 / BYTES_PER_CONNECTION);
    int connections = (int) Math.max(1, Math.min(MAX_CONNECTIONS, fitting));
    return new Bounds(
        connections,
        Math.min(MAX_REQUESTS, connections),
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10));
  }
}
