package io.github.dwssnapshots.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.HttpStatus;

/** Writes the status line and the header of an answer. */
final class AnswerHead {
  static final String REQUEST_ID_HEADER = "X-Request-Id";

  private final StringBuilder head = new StringBuilder(256);

  /**
   * @param last whether the connection ends with this answer; that it does not is said for clients
   *     of HTTP/1.0
   */
  AnswerHead(int status, UUID requestId, boolean last) {
    head.append("HTTP/1.1 ").append(status).append(' ');
    head.append(HttpStatus.getHttpStatus(status).getReasonPhrase()).append("\r\n");
    header(REQUEST_ID_HEADER, requestId.toString());
    header("Date", FastHttpDateFormat.getCurrentDate()); // RFC 9110, 6.6.1
    // A cache in between must not tell CREATING for ever, nor one token's list to another: it does
    // not know that X-Auth-Token is a credential, as it does of Authorization (RFC 9111, 3.5).
    header("Cache-Control", "no-store");
    header("Connection", last ? "close" : "keep-alive");
  }

  /** Both are ours: nothing that a client sent stands in a header. */
  AnswerHead header(String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  AnswerHead withLength(long length) {
    return header("Content-Length", String.valueOf(length));
  }

  /** The bytes of the head, and of what follows it. */
  byte[] with(byte[] body) {
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(bytes.length + body.length).put(bytes).put(body).array();
  }
}
