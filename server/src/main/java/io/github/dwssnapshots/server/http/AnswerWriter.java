package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.list.SnapshotList;
import jakarta.ws.rs.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteHandler;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.io.NIOOutputStream;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.utils.DelayedExecutor;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;

/**
 * Takes the answer from Jersey and sends it piece by piece, each once the connection can take it.
 * No thread ever waits for a client to read.
 *
 * <p>An answer has its head (writeResponseStatusAndHeaders), then all of its body or a list of
 * which the body will be made (commit), then its pieces (goOn, send, write, in turn), then its end
 * (finish). Before commit it belongs to Jersey's thread; from then on to whichever thread has read
 * the next snapshots or has seen that the connection can be written to, one at a time.
 */
final class AnswerWriter implements ContainerResponseWriter, WriteHandler {
  private static final System.Logger LOG = System.getLogger(AnswerWriter.class.getName());

  /**
   * How long a client may take to make room for the next piece, some 40 KiB; then its connection is
   * ended.
   */
  private static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  private final Response response;
  private final ObjectMapper mapper;
  private final ErrorAnswer errors;
  private final NIOOutputStream out;
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream(512);
  private Optional<ListBody> list = Optional.empty();
  private boolean toHead;
  private boolean suspended;
  private boolean begun;
  private boolean ended;

  AnswerWriter(Response response, ObjectMapper mapper, ErrorAnswer errors) {
    this.response = response;
    this.mapper = mapper;
    this.errors = errors;
    this.out = response.getNIOOutputStream();
  }

  @Override
  public OutputStream writeResponseStatusAndHeaders(long length, ContainerResponse answer) {
    response.setStatus(answer.getStatus());
    answer
        .getStringHeaders()
        .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    toHead = answer.getRequestContext().getMethod().equals(HttpMethod.HEAD);
    if (answer.getEntity() instanceof SnapshotList snapshots) {
      if (toHead) { // whose length nobody knows; without this Grizzly would say 0
        response.getResponse().setChunked(isHttp11());
      } else {
        list = Optional.of(new ListBody(snapshots, mapper));
      }
    } else if (toHead && length > 0) {
      response.setContentLengthLong(length);
    }
    return whole;
  }

  private boolean isHttp11() {
    return response.getRequest().getProtocol() == Protocol.HTTP_1_1;
  }

  /** Jersey has done: the rest is between the client and this. */
  @Override
  public void commit() {
    if (list.isEmpty() && !suspended && out.canWrite()) {
      try {
        write(whole.toByteArray(), true); // Grizzly sends it when the handler returns
      } catch (UncheckedIOException gone) { // which is no failure that Jersey has to know of
        breakOff(gone);
      }
      return;
    }
    if (!suspended) {
      suspend();
    }
    if (response.isSuspended()) { // else the client has gone
      goOn();
    }
  }

  private void goOn() {
    if (out.canWrite()) {
      send();
    } else {
      setTimeout(LONGEST_STALL.toMillis());
      out.notifyCanWrite(this);
    }
  }

  @Override
  public void onWritePossible() {
    setTimeout(Long.MAX_VALUE); // to Grizzly that is never, whereas -1 leaves the last one in force
    send();
  }

  private void setTimeout(long millis) {
    response.getSuspendContext().setTimeout(millis, TimeUnit.MILLISECONDS);
  }

  private void send() {
    if (ended) {
      finish();
    } else if (list.isEmpty()) {
      write(whole.toByteArray(), true);
      goOn();
    } else {
      ListBody body = list.get();
      body.next()
          .thenAccept(
              piece -> {
                write(piece, body.hasEnded());
                goOn();
              })
          .whenComplete((sent, failure) -> Optional.ofNullable(failure).ifPresent(this::breakOff));
    }
  }

  private void write(byte[] piece, boolean last) {
    if (!begun && last && !toHead) {
      response.setContentLength(piece.length);
    }
    begun = true;
    ended = last;
    try {
      out.write(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void finish() {
    if (response.isSuspended()) { // else the client has gone, and Grizzly has given up the request
      response.resume();
    }
  }

  /** The connection has ended, or {@link #onWritePossible} has failed. */
  @Override
  public void onError(Throwable failure) {
    breakOff(failure);
  }

  /**
   * A list that cannot be read to its end is no list: without its last chunk the client sees that.
   * Where the client has gone this is nobody's fault.
   */
  private void breakOff(Throwable failure) {
    LOG.log(
        hasGone(failure) ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR,
        () -> "an answer was broken off, in the request " + requestId(),
        failure);
    endConnection();
  }

  private boolean hasGone(Throwable failure) {
    return !response.isSuspended()
        || Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .anyMatch(
                cause -> cause instanceof IOException && !(cause instanceof JacksonException));
  }

  private void endConnection() {
    response.getRequest().getContext().getConnection().terminateSilently();
  }

  private Object requestId() {
    return response.getRequest().getAttribute(RequestLog.REQUEST_ID);
  }

  @Override
  public boolean suspend(long timeout, TimeUnit unit, TimeoutHandler handler) {
    if (suspended) {
      return false;
    }
    suspend();
    return true;
  }

  private void suspend() {
    suspended = true;
    response.suspend(
        DelayedExecutor.UNSET_TIMEOUT,
        TimeUnit.MILLISECONDS,
        new EmptyCompletionHandler<>(),
        stalled -> {
          endConnection();
          return false; // Grizzly gives up the request when its connection ends
        });
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
        () -> "no answer could be made, in the request " + requestId(),
        defect);
    response.setStatus(ErrorCode.INTERNAL.status());
    response.setHeader(Header.ContentType, "application/json");
    whole.reset();
    whole.writeBytes(errors.json(new Failure(ErrorCode.INTERNAL, FailureMapper.SEE_LOG)));
    list = Optional.empty();
    commit();
  }

  /** Bodies that are whole get their length from {@link #write}. */
  @Override
  public boolean enableResponseBuffering() {
    return false;
  }
}
