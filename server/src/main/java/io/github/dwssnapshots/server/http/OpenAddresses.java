package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.docs.Documentation;
import io.github.dwssnapshots.server.docs.Documentation.Document;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.list.SendingThreads;
import io.github.dwssnapshots.server.metrics.Metrics;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;

/** Serves what needs no credential: the documentation, the health and the metrics. */
public final class OpenAddresses {
  private static final System.Logger LOG = System.getLogger(OpenAddresses.class.getName());

  /** Swagger UI's style sheet contains images. */
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

  private static final String LIVE = "/livez";
  private static final String READY = "/readyz";
  private static final String METRICS = "/metrics";
  private static final Document OK = Document.of("text/plain", "ok\n");

  private static final MemoryManager<?> MEMORY = MemoryManager.DEFAULT_MEMORY_MANAGER;

  private final Documentation documentation;
  private final Supplier<CompletionStage<Optional<String>>> notReady;
  private final Optional<Metrics> metrics;
  private final SendingThreads threads;
  private final ErrorResponses errors;

  /**
   * The open addresses of a server.
   *
   * @param notReady why the server is not ready, without details of the database; empty if it is
   *     ready
   * @param threads send the documents that exceed what a connection queues
   */
  public OpenAddresses(
      Documentation documentation,
      Supplier<CompletionStage<Optional<String>>> notReady,
      Optional<Metrics> metrics,
      SendingThreads threads,
      ObjectMapper mapper) {
    this.documentation = documentation;
    this.notReady = notReady;
    this.metrics = metrics;
    this.threads = threads;
    this.errors = new ErrorResponses(mapper);
  }

  private static boolean isGetOrHead(Request request) {
    return request.getMethod() == Method.GET || request.getMethod() == Method.HEAD;
  }

  static boolean isHealth(Request request) {
    return isGetOrHead(request) && Set.of(LIVE, READY).contains(request.getRequestURI());
  }

  /** Serves the request if it is for one of these addresses. Does not wait for the client. */
  boolean serve(Request request) throws IOException {
    String path = request.getRequestURI();
    if (!isGetOrHead(request)) {
      return false;
    } else if (path.equals(LIVE)) {
      send(request, OK);
    } else if (path.equals(READY)) {
      sendReadiness(request);
    } else if (path.equals(METRICS)) {
      send(request, metrics.map(m -> Document.of(Metrics.TYPE, m.text())));
    } else if (Documentation.has(path)) {
      send(request, documentation.read(path));
    } else if (path.equals("/")
        && String.valueOf(request.getHeader("Accept")).contains("text/html")
        && documentation.read(Documentation.PAGE).isPresent()) {
      request.getResponse().setStatus(302);
      request.getResponse().setHeader("Location", Documentation.PAGE);
    } else {
      return false;
    }
    return true;
  }

  private void sendReadiness(Request request) {
    request.getResponse().suspend();
    notReady
        .get()
        .thenAccept(
            reason ->
                resume(
                    request,
                    () -> {
                      if (reason.isPresent()) {
                        errors.send(request, unavailable(reason.get()));
                      } else {
                        send(request, OK);
                      }
                    }));
  }

  private void send(Request request, Optional<Document> document) throws IOException {
    if (document.isEmpty()) {
      errors.send(request, PathFilter.pathNotFound(request.getRequestURI()));
      return;
    }
    request.getResponse().setHeader("Content-Security-Policy", POLICY);
    request.getResponse().setHeader("X-Content-Type-Options", "nosniff");
    if (document.get().content().remaining() < Bounds.UNREAD_BYTES) {
      send(request, document.get());
    } else {
      sendLong(request, document.get());
    }
  }

  private void sendLong(Request request, Document document) {
    request.getResponse().suspend();
    try {
      threads.execute(() -> resume(request, () -> send(request, document)));
    } catch (RejectedExecutionException e) {
      resume(request, () -> errors.send(request, unavailable("too many documents are being sent")));
    }
  }

  private interface Sending {
    void run() throws IOException;
  }

  /** Ends a suspended response. Resets the connection if it is incomplete. */
  private static void resume(Request request, Sending sending) {
    try {
      sending.run();
    } catch (Throwable e) { // Errors too: the response would end as if complete
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "response aborted in request " + request.getAttribute(RequestLog.ID) + ": " + e);
      Connections.reset(request.getContext().getConnection());
    } finally {
      request.getResponse().resume();
    }
  }

  private static void send(Request request, Document document) throws IOException {
    Response response = request.getResponse();
    response.setContentType(document.type());
    response.setContentLength(document.content().remaining());
    response.getNIOOutputStream().write(Buffers.wrap(MEMORY, document.content().duplicate()));
  }

  private static Failure unavailable(String reason) {
    return new Failure(ErrorCode.UNAVAILABLE, "%s", reason);
  }
}
