package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.ParsingResult;
import org.glassfish.grizzly.http.TransferEncoding;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;

/**
 * Decodes a chunked body once it is complete, strictly by RFC 9112, 7.1. Rejects chunk extensions
 * and drops trailers. Grizzly skips bytes between chunks and turns trailers into headers, which
 * allows request smuggling.
 */
final class ChunkedBody implements TransferEncoding {
  private static final Pattern SIZE = Pattern.compile("0*([0-9A-Fa-f]+)\r\n");
  private static final Pattern END =
      Pattern.compile("0+\r\n(?:" + RequestHead.FIELD.pattern() + "){0,16}+\r\n");

  /** Size of the largest body in chunks of one byte, doubled for trailers. */
  private static final int MAX_BYTES = 2 * 6 * Bounds.BODY_BYTES;

  @Override
  public boolean wantDecode(HttpHeader request) {
    return request.isChunked();
  }

  @Override
  public ParsingResult parsePacket(FilterChainContext ctx, HttpHeader request, Buffer input) {
    int start = input.position();
    String sent = input.toStringContent(StandardCharsets.ISO_8859_1, start, input.limit());
    StringBuilder body = new StringBuilder();
    Matcher end = END.matcher(sent);
    OptionalInt at = OptionalInt.of(0);
    while (!end.region(at.getAsInt(), sent.length()).lookingAt()) {
      at = end.hitEnd() ? OptionalInt.empty() : chunk(sent, at.getAsInt(), body);
      if (at.isEmpty()) {
        return awaitMore(input, sent);
      }
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.ISO_8859_1);
    Buffer whole = Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, bytes);
    return ParsingResult.create(
        request.httpContentBuilder().content(whole).last(true).build(),
        input.slice(start + end.end(), input.limit()));
  }

  /** Appends a chunk to the body. Returns the start of the next one; empty if incomplete. */
  private static OptionalInt chunk(String sent, int at, StringBuilder body) {
    Matcher size = SIZE.matcher(sent).region(at, sent.length());
    if (!size.lookingAt()) {
      if (size.hitEnd()) {
        return OptionalInt.empty();
      }
      throw malformed();
    }
    if (size.group(1).length() > 7) {
      throw RequestHead.tooLarge();
    }
    int length = Integer.parseInt(size.group(1), 16);
    if (length == 0) { // not followed by valid trailers
      throw malformed();
    }
    if (body.length() + length > Bounds.BODY_BYTES) {
      throw RequestHead.tooLarge();
    }
    int end = size.end() + length;
    if (end + 2 > sent.length()) {
      return OptionalInt.empty();
    }
    if (!sent.startsWith("\r\n", end)) {
      throw malformed();
    }
    body.append(sent, size.end(), end);
    return OptionalInt.of(end + 2);
  }

  private static ParsingResult awaitMore(Buffer input, String sent) {
    if (sent.length() > MAX_BYTES) {
      throw RequestHead.tooLarge();
    }
    return ParsingResult.create(null, input, false);
  }

  private static Failure malformed() {
    return new Failure(ErrorCode.MALFORMED_HTTP, "a chunk is not SIZE CRLF DATA CRLF");
  }

  /** Grizzly's own coding encodes responses. */
  @Override
  public boolean wantEncode(HttpHeader response) {
    return false;
  }

  @Override
  public void prepareSerialize(FilterChainContext ctx, HttpHeader response, HttpContent content) {}

  @Override
  public Buffer serializePacket(FilterChainContext ctx, HttpContent content) {
    return content.getContent();
  }
}
