package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.list.SnapshotList;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;

/**
 * Takes the answer from Jersey and sends it: whole, or, where it is a list, piece by piece, each
 * once the connection has taken the one before. No thread ever waits for a client to read.
 *
 * <p>Until commit it belongs to Jersey's thread; from then on to whichever thread has read the next
 * snapshots or has seen that the connection can take more, one at a time.
 */
final class AnswerWriter implements ContainerResponseWriter {
  private static final System.Logger LOG = System.getLogger(AnswerWriter.class.getName());

  private static final byte[] CRLF = "\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Exchange exchange;
  private final ObjectMapper mapper;
  private final ErrorAnswer errors;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(128);
  private Optional<ContainerResponse> answer = Optional.empty();
  private long announced;
  private boolean committed;
  private boolean suspended;

  AnswerWriter(Exchange exchange, ObjectMapper mapper, ErrorAnswer errors) {
    this.exchange = exchange;
    this.mapper = mapper;
    this.errors = errors;
  }

  @Override
  public OutputStream writeResponseStatusAndHeaders(long length, ContainerResponse given) {
    answer = Optional.of(given);
    announced = length;
    return body;
  }

  /** Jersey has done: the rest is between the client and this. */
  @Override
  public void commit() {
    committed = true;
    ContainerResponse given = answer.orElseThrow();
    if (given.getEntity() instanceof SnapshotList snapshots) {
      sendList(given, new ListBody(snapshots, mapper));
    } else {
      long length = exchange.isHead() ? Math.max(0, announced) : body.size(); // to HEAD it is empty
      exchange.answer(given.getStatus(), head(given).withLength(length).with(body.toByteArray()));
    }
  }

  private AnswerHead head(ContainerResponse given) {
    AnswerHead head = new AnswerHead(given.getStatus(), exchange.id(), exchange.settleLast());
    given
        .getStringHeaders()
        .forEach((name, values) -> values.forEach(value -> head.header(name, value)));
    return head;
  }

  private void sendList(ContainerResponse given, ListBody list) {
    if (exchange.isHead()) { // RFC 9110, 9.3.2: without what would be known by making the list
      exchange.answer(given.getStatus(), head(given).with(new byte[0]));
      return;
    }
    breakOffIfFailed(
        list.next()
            .thenAccept(
                piece -> {
                  if (list.hasEnded()) {
                    AnswerHead head = head(given).withLength(piece.length);
                    exchange.answer(given.getStatus(), head.with(piece));
                  } else {
                    byte[] first = headOfLongList(given).with(framed(piece, false));
                    exchange.send(first, () -> sendNext(list, given.getStatus()));
                  }
                }));
  }

  /** HTTP/1.0 has no chunks: the end of the connection is that of the list. */
  private AnswerHead headOfLongList(ContainerResponse given) {
    if (exchange.head().http11()) {
      return head(given).header("Transfer-Encoding", "chunked");
    }
    exchange.makeLast();
    return head(given);
  }

  private void sendNext(ListBody list, int status) {
    breakOffIfFailed(
        list.next()
            .thenAccept(
                piece -> {
                  byte[] framed = framed(piece, list.hasEnded());
                  if (list.hasEnded()) {
                    exchange.answer(status, framed);
                  } else {
                    exchange.send(framed, () -> sendNext(list, status));
                  }
                }));
  }

  private byte[] framed(byte[] piece, boolean last) {
    if (!exchange.head().http11()) {
      return piece;
    }
    ByteArrayOutputStream framed = new ByteArrayOutputStream(piece.length + 16);
    if (piece.length > 0) { // a chunk without bytes would be the last one
      framed.writeBytes(Integer.toHexString(piece.length).getBytes(StandardCharsets.US_ASCII));
      framed.writeBytes(CRLF);
      framed.writeBytes(piece);
      framed.writeBytes(CRLF);
    }
    if (last) {
      framed.writeBytes(LAST_CHUNK);
    }
    return framed.toByteArray();
  }

  private void breakOffIfFailed(CompletionStage<Void> sent) {
    sent.whenComplete((done, failure) -> Optional.ofNullable(failure).ifPresent(this::breakOff));
  }

  /**
   * A list that cannot be read to its end is no list: without its last chunk the client sees it.
   */
  private void breakOff(Throwable failure) {
    LOG.log(
        System.Logger.Level.ERROR,
        () -> "an answer was broken off, in the request " + exchange.id(),
        failure);
    exchange.breakOff();
  }

  @Override
  public boolean suspend(long timeout, TimeUnit unit, TimeoutHandler handler) {
    boolean first = !suspended;
    suspended = true; // nothing is held meanwhile
    return first;
  }

  @Override
  public void setSuspendTimeout(long timeout, TimeUnit unit) {
    throw new IllegalStateException("no operation has a timeout; the store answers in any case");
  }

  /** Not even the answer to a failure could be made. */
  @Override
  public void failure(Throwable defect) {
    LOG.log(
        System.Logger.Level.ERROR,
        () -> "no answer could be made, in the request " + exchange.id(),
        defect);
    if (committed) { // part of another answer may have gone out
      exchange.breakOff();
      return;
    }
    Failure internal = new Failure(ErrorCode.INTERNAL, FailureMapper.SEE_LOG);
    exchange.answer(internal.code().status(), errors.answer(internal, exchange));
  }

  /** Whole bodies are gathered here. */
  @Override
  public boolean enableResponseBuffering() {
    return false;
  }
}
