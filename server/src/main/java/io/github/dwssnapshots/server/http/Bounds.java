package io.github.dwssnapshots.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Limits of the HTTP layer. They keep clients from exhausting the heap: out of memory, a server can
 * neither respond nor stop.
 *
 * @param connections maximum number of open connections; others are closed at once
 * @param requests maximum number of requests in flight; others get 503
 * @param receive timeout for a request, from its first byte to its last
 * @param idle timeout for a connection without a request
 * @param write timeout for a response that the client does not read
 * @param stop time to wait for responses when the server stops
 */
public record Bounds(
    int connections, int requests, Duration receive, Duration idle, Duration write, Duration stop) {
  /** Request line and headers. IAM tokens can exceed 20 KB. */
  static final int HEAD_BYTES = 64 * 1024;

  static final int FIELDS = 100;

  /** The contract's limit. The longest description takes 3 KiB if every character is escaped. */
  static final int BODY_BYTES = 16 * 1024;

  /** Unread response bytes above which the client's next request closes the connection. */
  static final int UNREAD_BYTES = 64 * 1024;

  private static final int BYTES_PER_CONNECTION = HEAD_BYTES + BODY_BYTES;

  /** Its state and its buffers, of encrypted and of decrypted bytes. */
  private static final int BYTES_OF_TLS = 160 * 1024;

  private static final int MAX_CONNECTIONS = 20_000;
  private static final int MAX_REQUESTS = 2_048;
  private static final long OTHER_FILES = 256; // jars and the database

  /** Limits for this process: requests of maximum size on all connections fill half the heap. */
  public static Bounds ofProcess(boolean tls) {
    long files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount() - OTHER_FILES
            : MAX_CONNECTIONS;
    return of(Runtime.getRuntime().maxMemory(), files, tls);
  }

  static Bounds of(long heapBytes, long files, boolean tls) {
    int bytes = BYTES_PER_CONNECTION + (tls ? BYTES_OF_TLS : 0);
    long fitting = Math.min(files, heapBytes / 2 / bytes);
    int connections = (int) Math.max(1, Math.min(MAX_CONNECTIONS, fitting));
    return new Bounds(
        connections,
        Math.min(MAX_REQUESTS, connections),
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }
}
