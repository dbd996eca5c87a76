package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.fault.Fault;
import io.github.dwssnapshots.server.fault.FaultFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.UUID;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.ChunkedTransferEncoding;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpPacket;
import org.glassfish.grizzly.http.HttpPacketParsing;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.KeepAlive;
import org.glassfish.grizzly.http.TransferEncoding;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.MimeHeaders.MaxHeaderCountExceededException;

/**
 * Extends Grizzly's HTTP codec: validates heads, limits bodies, assigns request ids and ignores
 * upgrades. A rejected request closes its connection.
 */
final class RequestCodec extends HttpServerFilter {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connections connections;
  private volatile boolean stopping;

  @SuppressWarnings("deprecation") // no other constructor limits the number of headers
  RequestCodec(Connections connections) {
    super(true, Bounds.HEAD_BYTES, "", keepAlive(), null, Bounds.FIELDS, Bounds.FIELDS);
    this.connections = connections;
    for (TransferEncoding chunked : getTransferEncodings()) {
      if (chunked instanceof ChunkedTransferEncoding) { // kept for responses only
        removeTransferEncoding(chunked);
        addTransferEncoding(new ChunkedBody());
        addTransferEncoding(chunked);
      }
    }
    setAllowPayloadForUndefinedHttpMethods(true); // or a GET's body becomes a request
  }

  private static KeepAlive keepAlive() {
    KeepAlive keepAlive = new KeepAlive();
    keepAlive.setMaxRequestsCount(-1);
    return keepAlive;
  }

  /** Closes each connection after its next response. */
  void stop() {
    stopping = true;
  }

  @Override
  public NextAction handleAccept(FilterChainContext ctx) throws IOException {
    connections.opened(ctx.getConnection());
    return super.handleAccept(ctx);
  }

  @Override
  public NextAction handleClose(FilterChainContext ctx) throws IOException {
    connections.closed(ctx.getConnection());
    return super.handleClose(ctx);
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) throws IOException {
    Connection<?> connection = ctx.getConnection();
    Buffer input = ctx.getMessage();
    if (connections.phase(connection) == Connections.Phase.CLOSING || !input.hasRemaining()) {
      return ctx.getStopAction();
    }
    if (connections.phase(connection) != Connections.Phase.RECEIVING) {
      connections.enter(connection, Connections.Phase.RECEIVING);
      byte first = input.get(input.position());
      if (first <= ' ' || first > '~') {
        reject(ctx, malformed("not HTTP/1.1; HTTPS needs --tls-keystore"));
        return ctx.getStopAction();
      }
    }
    return super.handleRead(ctx);
  }

  /** Validates the head before Grizzly, which modifies its bytes and waits for a missing colon. */
  @Override
  protected boolean decodeHttpPacket(
      FilterChainContext ctx, HttpPacketParsing packet, Buffer input) {
    String sent = text(input);
    int end = sent.indexOf("\r\n\r\n");
    if (end >= 0) {
      ((HttpRequestPacket) packet)
          .setAttribute(RequestHead.ATTRIBUTE, RequestHead.of(sent.substring(0, end + 4)));
    }
    return super.decodeHttpPacket(ctx, packet, input);
  }

  /** Ignores upgrades, for example to HTTP/2 (RFC 9110, 7.8). */
  @Override
  protected void onIncomingUpgrade(FilterChainContext ctx, HttpHeader header) {
    header.getUpgradeDC().recycle();
  }

  @Override
  protected boolean onHttpHeaderParsed(HttpHeader header, Buffer input, FilterChainContext ctx) {
    HttpRequestPacket request = (HttpRequestPacket) header;
    if (Connections.unread(ctx.getConnection()) > Bounds.UNREAD_BYTES) {
      ctx.getConnection().terminateSilently(); // the next response could block its thread
      throw malformed("the client does not read earlier responses");
    }
    UUID id = UUID.randomUUID();
    request.setAttribute(RequestLog.ID, id);
    ErrorResponses.headers(id).forEach(request.getResponse()::setHeader);
    RequestHead sent = (RequestHead) request.getAttribute(RequestHead.ATTRIBUTE);
    setTarget(request, sent);
    if (sent.isChunked()) { // Grizzly misses "Chunked" in a head that arrives in parts
      request.setChunked(true);
    }
    boolean isRejected = super.onHttpHeaderParsed(header, input, ctx);
    if (sent.expectsContinue() && request.isExpectContent() && !input.hasRemaining()) {
      Connections.send(ctx.getConnection(), CONTINUE, () -> {});
    }
    return isRejected;
  }

  /** Grizzly removes ";jsessionid=", and Jersey's container fails on a host with an underscore. */
  private static void setTarget(HttpRequestPacket request, RequestHead sent) {
    String origin = sent.origin();
    int query = origin.indexOf('?');
    String path = query < 0 ? origin : origin.substring(0, query);
    request.setRequestURI(path.replace(";", "%3B"));
    request.getHeaders().setValue(Header.Host).setString("localhost");
    request.setAttribute(HttpFront.SENT_HOST, sent.host());
  }

  @Override
  protected void onHttpHeaderError(HttpHeader header, FilterChainContext ctx, Throwable thrown) {
    reject(ctx, failure(thrown, ctx.getMessage()));
  }

  @Override
  protected void onHttpContentError(HttpHeader header, FilterChainContext ctx, Throwable thrown) {
    header.setContentBroken(true);
    reject(ctx, thrown instanceof Failure failure ? failure : malformed("the body cannot be read"));
  }

  private void reject(FilterChainContext ctx, Failure failure) {
    Buffer input = ctx.getMessage();
    boolean isHead = text(input).startsWith("HEAD ");
    connections.reject(ctx.getConnection(), failure, UUID.randomUUID(), isHead);
  }

  private static Failure failure(Throwable thrown, Buffer head) {
    boolean isTooMany = thrown instanceof MaxHeaderCountExceededException;
    if (thrown instanceof Failure failure) {
      return failure;
    }
    if (!isTooMany && head.limit() < Bounds.HEAD_BYTES) {
      return malformed("the request cannot be read as HTTP");
    }
    String[] lines = text(head).split("\r?\n", -1);
    if (lines.length == 1) {
      return new Failure(
          ErrorCode.TARGET_TOO_LONG, "the request line exceeds %d bytes", Bounds.HEAD_BYTES);
    }
    String largest =
        Arrays.stream(lines).skip(1).max(Comparator.comparingInt(String::length)).orElseThrow();
    return new Failure(
        ErrorCode.HEADER_TOO_LARGE,
        "allowed: %d headers, %d bytes with the request line; the largest header is %s, at least %d bytes",
        Bounds.FIELDS,
        Bounds.HEAD_BYTES,
        Quoted.of(largest.replaceFirst("(?s):.*", "")),
        largest.length());
  }

  private static String text(Buffer input) {
    return input.toStringContent(StandardCharsets.ISO_8859_1, 0, input.limit());
  }

  private static Failure malformed(String detail) {
    return new Failure(ErrorCode.MALFORMED_HTTP, "%s", detail);
  }

  @Override
  protected Buffer encodeHttpPacket(FilterChainContext ctx, HttpPacket packet) {
    HttpHeader header = packet.getHttpHeader();
    if (stopping && !header.isCommitted()) {
      header.setHeader(Header.Connection, "close");
    }
    if (header instanceof HttpResponsePacket response
        && response.getRequest().getAttribute(FaultFilter.INJECTED) instanceof Fault.Drop) {
      Connections.reset(ctx.getConnection());
    }
    return super.encodeHttpPacket(ctx, packet);
  }
}
