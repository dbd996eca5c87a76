package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gathers one request, head and body, from the pieces in which it arrives, and never waits. It
 * holds no more than the bounds of head and body. Not safe for threads: each belongs to one
 * connection.
 */
final class RequestReader {
  private enum State {
    /** The CR of an empty line before the head has come. */
    EMPTY_LINE,
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    DONE
  }

  /**
   * Of a chunk's size with its extensions, and of a trailer: both are dropped, so they get little
   * room.
   */
  private static final int MOST_LINE_BYTES = 256;

  private static final int MOST_TRAILERS = 16;

  /** What a field of a head costs besides its characters: two strings, their arrays, a record. */
  private static final int BYTES_OF_FIELD = 192;

  /** Of a head, what the {@link Bounds} reckon for each connection has room for. */
  private static final int COUNTED_ALREADY = 4096;

  /** Before a request; RFC 9112, 2.2 asks for one. */
  private static final int MOST_EMPTY_LINES = 4;

  private static final int LINE_BYTES = 512;

  private static final byte[] NOTHING = {};

  private static final byte[] HEAD_REQUEST = "HEAD ".getBytes(StandardCharsets.US_ASCII);

  /** RFC 9112, 7.1. */
  private static final Pattern CHUNK_SIZE =
      Pattern.compile("0*([0-9A-Fa-f]+)(?:[ \t]*;[\t\\x20-\\x7e]*)?");

  private final ByteArrayOutputStream body = new ByteArrayOutputStream(512);
  private byte[] lines = new byte[LINE_BYTES];
  private int length;
  private State state = State.HEAD;
  private Optional<RequestHead> head = Optional.empty();
  private int headBytes;
  private int missing;
  private int trailers;
  private int emptyLines;

  /**
   * Takes what belongs to this request, and leaves the rest.
   *
   * @return whether the request is whole
   * @throws Failure when it is malformed or too much; what follows on the connection cannot be read
   *     then
   */
  boolean read(ByteBuffer in) {
    while (in.hasRemaining() && state != State.DONE) {
      switch (state) {
        case BODY, CHUNK_DATA -> readData(in);
        case EMPTY_LINE -> endEmptyLine(in.get());
        default -> readLine(in.get());
      }
    }
    return state == State.DONE;
  }

  /** How many bytes it holds of an unfinished request, at the most: its buffers grow twofold. */
  int held() {
    return isEmpty() ? 0 : headBytes + 2 * (length + body.size());
  }

  /** Whether nothing of the request has come yet. */
  boolean isEmpty() {
    return (state == State.HEAD || state == State.EMPTY_LINE) && length == 0;
  }

  /** Whether what has come is, as far as one can tell, a request whose answer must have no body. */
  boolean isHeadRequest() {
    return head.map(h -> h.method().equals("HEAD"))
        .orElseGet(
            () ->
                Arrays.mismatch(lines, 0, HEAD_REQUEST.length, HEAD_REQUEST, 0, HEAD_REQUEST.length)
                    < 0);
  }

  /**
   * Whether the client has sent the head, and waits to be told to send the body (RFC 9110, 10.1.1).
   */
  boolean awaitsContinue() {
    return state != State.DONE
        && body.size() == 0
        && head.filter(RequestHead::expectsContinue).isPresent();
  }

  /** The head of a request that is whole. */
  RequestHead head() {
    return head.orElseThrow();
  }

  /** The body of a request that is whole. */
  byte[] body() {
    return body.toByteArray();
  }

  private void readData(ByteBuffer in) {
    byte[] piece = new byte[Math.min(missing, in.remaining())];
    in.get(piece);
    body.writeBytes(piece);
    missing -= piece.length;
    if (missing == 0) {
      state = state == State.BODY ? State.DONE : State.CHUNK_END;
    }
  }

  private void readLine(byte b) {
    if (isEmpty() && b == '\r' && ++emptyLines <= MOST_EMPTY_LINES) {
      state = State.EMPTY_LINE;
      return;
    }
    if (isEmpty() && (b <= ' ' || b > '~')) {
      throw RequestHead.malformed(
          "no HTTP; this port speaks HTTP/1.1 without TLS, which is for a proxy");
    }
    if (b == '\n' && (length == 0 || lines[length - 1] != '\r')) {
      throw RequestHead.malformed("a line ends in LF without CR");
    }
    if (length == lines.length) {
      lines = Arrays.copyOf(lines, Math.max(LINE_BYTES, 2 * length));
    }
    lines[length++] = b;
    if (state == State.CHUNK_END && b != (length == 1 ? '\r' : '\n')) {
      throw RequestHead.malformed("a chunk is longer than its size says");
    }
    if (state == State.HEAD) {
      endOfHead(b);
    } else if (b == '\n') {
      framing(take(2));
    } else if (length > MOST_LINE_BYTES) {
      throw RequestHead.malformed(
          "a chunk's size or a trailer has more than %d bytes", MOST_LINE_BYTES);
    }
  }

  private void endEmptyLine(byte b) {
    if (b != '\n') {
      throw RequestHead.malformed("a CR without LF");
    }
    state = State.HEAD;
  }

  private void endOfHead(byte b) {
    if (b == '\n' && length >= 4 && lines[length - 3] == '\n') {
      int characters = length;
      startBody(RequestHead.parse(take(4)), characters);
    } else if (length >= RequestHead.MOST_BYTES) {
      boolean target = new String(lines, 0, length, StandardCharsets.ISO_8859_1).indexOf('\n') < 0;
      throw new Failure(
          target ? ErrorCode.TARGET_TOO_LONG : ErrorCode.HEADER_TOO_LARGE,
          "request line and header have more than %d bytes",
          RequestHead.MOST_BYTES);
    }
  }

  private void startBody(RequestHead parsed, int characters) {
    head = Optional.of(parsed);
    int bytes = characters + BYTES_OF_FIELD * parsed.fields().fields().size();
    headBytes = Math.max(0, bytes - COUNTED_ALREADY);
    lines = NOTHING; // it may have grown to the bound of a head, which a body's lines do not need
    missing = parsed.contentLength();
    state = parsed.chunked() ? State.CHUNK_SIZE : missing > 0 ? State.BODY : State.DONE;
  }

  /** A line of the chunked coding. */
  private void framing(String line) {
    switch (state) {
      case CHUNK_SIZE -> startChunk(line);
      case CHUNK_END -> state = State.CHUNK_SIZE;
      default -> {
        if (line.isEmpty()) {
          state = State.DONE;
        } else if (++trailers > MOST_TRAILERS) {
          throw RequestHead.malformed("more than %d trailers", MOST_TRAILERS);
        } else {
          HeaderFields.field("trailer", trailers, line); // to refuse what is malformed
        }
      }
    }
  }

  private void startChunk(String line) {
    Matcher size = CHUNK_SIZE.matcher(line);
    if (!size.matches()) {
      throw RequestHead.malformed(
          "the chunk size %s is no hexadecimal number, with or without an extension in ASCII",
          Quoted.of(line));
    }
    String digits = size.group(1); // eight fit into a long, and are far past the bound
    long bytes = digits.length() > 8 ? Long.MAX_VALUE / 2 : Long.parseLong(digits, 16);
    if (body.size() + bytes > RequestHead.MOST_BODY_BYTES) {
      throw RequestHead.tooLarge();
    }
    missing = (int) bytes;
    state = bytes == 0 ? State.TRAILER : State.CHUNK_DATA;
  }

  /** The gathered text, without its last bytes; what comes next is gathered anew. */
  private String take(int without) {
    String text = new String(lines, 0, length - without, StandardCharsets.ISO_8859_1);
    length = 0;
    return text;
  }
}
