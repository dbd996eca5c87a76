package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Failure;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Fuzzes the request head: any bytes are either a head whose target is a URI, or a failure with a
 * printable message.
 */
public final class RequestFuzz {
  private RequestFuzz() {}

  /** The entry point that Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] sent) {
    String head = new String(sent, StandardCharsets.ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    try {
      RequestHead read = RequestHead.of(end < 0 ? head : head.substring(0, end + 4));
      URI.create("http://localhost" + read.origin().replace(";", "%3B")); // as Jersey does
    } catch (Failure failure) {
      ShownText.of(failure);
    }
  }
}
