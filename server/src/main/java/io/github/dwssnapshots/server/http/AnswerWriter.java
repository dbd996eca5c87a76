package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.list.SnapshotList;
import jakarta.ws.rs.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
 */
final class AnswerWriter implements ContainerResponseWriter, WriteHandler {
  private static final System.Logger LOG = System.getLogger(AnswerWriter.class.getName());

  /** How long a client may take nothing of its answer; then its connection is ended. */
  private static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  private final Response response;
  private final ObjectMapper mapper;
  private final ErrorAnswer errors;
  private final NIOOutputStream out;
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream(512);
  private Optional<AnswerBody> list = Optional.empty();
  private boolean head;
  private boolean begun;

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
    head = answer.getRequestContext().getMethod().equals(HttpMethod.HEAD);
    if (answer.getEntity() instanceof SnapshotList snapshots) {
      if (head) { // whose length nobody knows; without this Grizzly would say 0
        response.getResponse().setChunked(isHttp11());
      } else {
        list = Optional.of(new AnswerBody.OfList(snapshots, mapper));
      }
    } else if (head && length > 0) {
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
    if (list.isEmpty() && !response.isSuspended() && out.canWrite()) {
      write(whole.toByteArray(), true); // Grizzly sends it when the handler returns
      return;
    }
    if (!response.isSuspended()) {
      suspend();
    }
    goOn();
  }

  private void goOn() {
    if (out.canWrite()) {
      send();
    } else {
      response.getSuspendContext().setTimeout(LONGEST_STALL.toMillis(), TimeUnit.MILLISECONDS);
      out.notifyCanWrite(this);
    }
  }

  @Override
  public void onWritePossible() {
    response.getSuspendContext().setTimeout(DelayedExecutor.UNSET_TIMEOUT, TimeUnit.MILLISECONDS);
    send();
  }

  private void send() {
    AnswerBody body = list.orElseGet(() -> new AnswerBody.Whole(whole.toByteArray()));
    if (begun && body.hasEnded()) {
      finish();
      return;
    }
    body.next()
        .thenAccept(
            piece -> {
              if (write(piece, body.hasEnded())) {
                goOn();
              }
            })
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                breakOff(failure);
              }
            });
  }

  private boolean write(byte[] piece, boolean last) {
    try {
      if (!begun && last && !head) {
        response.setContentLength(piece.length);
      }
      begun = true;
      out.write(piece);
      return true;
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the client has gone", gone);
      return false;
    }
  }

  private void finish() {
    if (response.isSuspended()) { // else the client has gone, and Grizzly has given up the request
      response.resume();
    }
  }

  /** The client has gone; Grizzly gives up the request by itself. */
  @Override
  public void onError(Throwable gone) {
    LOG.log(System.Logger.Level.DEBUG, "the client has gone", gone);
  }

  /**
   * A list that cannot be read to its end is no list: without its last chunk the client sees that.
   */
  private void breakOff(Throwable failure) {
    LOG.log(
        System.Logger.Level.ERROR,
        () -> "an answer was broken off, in the request " + requestId(),
        failure);
    endConnection();
  }

  private void endConnection() {
    response.getRequest().getContext().getConnection().terminateSilently();
  }

  private Object requestId() {
    return response.getRequest().getAttribute(RequestLog.REQUEST_ID);
  }

  @Override
  public boolean suspend(long timeout, TimeUnit unit, TimeoutHandler handler) {
    if (response.isSuspended()) {
      return false;
    }
    suspend();
    return true;
  }

  private void suspend() {
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
