package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.docs.Documentation;
import io.github.dwssnapshots.server.docs.Documentation.Document;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.list.ListThreads;
import io.github.dwssnapshots.server.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/** Serves what needs no credential: the documentation, the health and the metrics. */
public final class OpenAddresses {
  private static final System.Logger LOG = System.getLogger(OpenAddresses.class.getName());

  /** Swagger UI's style sheet contains images. */
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

  private static final String LIVE = "/livez";
  private static final String READY = "/readyz";
  private static final String METRICS = "/metrics";
  private static final Document OK = new Document("text/plain", "ok\n");

  private final Documentation documentation;
  private final Supplier<CompletionStage<Optional<String>>> notReady;
  private final Optional<Metrics> metrics;
  private final ListThreads threads;
  private final ErrorResponses errors;

  /**
   * The open addresses of a server.
   *
   * @param notReady why the server is not ready, in words for everybody; empty if it is ready
   * @param threads send the documents that exceed what a connection queues
   */
  public OpenAddresses(
      Documentation documentation,
      Supplier<CompletionStage<Optional<String>>> notReady,
      Optional<Metrics> metrics,
      ListThreads threads,
      ObjectMapper mapper) {
    this.documentation = documentation;
    this.notReady = notReady;
    this.metrics = metrics;
    this.threads = threads;
    this.errors = new ErrorResponses(mapper);
  }

  private static boolean isRead(Request request) {
    return request.getMethod() == Method.GET || request.getMethod() == Method.HEAD;
  }

  static boolean isHealth(Request request) {
    return isRead(request) && Set.of(LIVE, READY).contains(request.getRequestURI());
  }

  /** Serves the request if it is for one of these addresses. Does not block. */
  boolean serve(Request request, Response response) {
    String path = request.getRequestURI();
    if (!isRead(request)) {
      return false;
    } else if (path.equals(LIVE)) {
      send(response, OK);
    } else if (path.equals(READY)) {
      sendReadiness(request, response);
    } else if (path.equals(METRICS)) {
      send(request, metrics.map(m -> new Document(Metrics.TYPE, m.text())));
    } else if (Documentation.has(path)) {
      send(request, documentation.read(path));
    } else if (path.equals("/")
        && String.valueOf(request.getHeader("Accept")).contains("text/html")
        && documentation.read(Documentation.PAGE).isPresent()) {
      response.setStatus(302);
      response.setHeader("Location", Documentation.PAGE);
    } else {
      return false;
    }
    return true;
  }

  private void sendReadiness(Request request, Response response) {
    response.suspend();
    notReady
        .get()
        .whenComplete(
            (reason, defect) -> {
              try {
                if (defect == null && reason.isEmpty()) {
                  send(response, OK);
                } else {
                  fail(request, unavailable(defect == null ? reason.get() : "the storage fails"));
                }
              } finally {
                response.resume();
              }
            });
  }

  private void send(Request request, Optional<Document> document) {
    Response response = request.getResponse();
    if (document.isEmpty()) {
      fail(request, PathFilter.pathNotFound(request.getRequestURI()));
      return;
    }
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (document.get().content().length() < Bounds.UNREAD_BYTES) {
      send(response, document.get());
    } else {
      sendLong(request, response, document.get());
    }
  }

  private void sendLong(Request request, Response response, Document document) {
    response.suspend();
    try {
      threads.execute(
          () -> {
            try {
              send(response, document);
            } finally {
              response.resume();
            }
          });
    } catch (RejectedExecutionException e) {
      fail(request, unavailable("too many documents are being sent"));
      response.resume();
    }
  }

  private static void send(Response response, Document document) {
    byte[] bytes = document.content().getBytes(StandardCharsets.UTF_8);
    response.setContentType(document.type());
    response.setContentLength(bytes.length);
    try {
      response.getOutputStream().write(bytes);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "client disconnected first", e);
    }
  }

  private static Failure unavailable(String reason) {
    return new Failure(ErrorCode.UNAVAILABLE, "%s", reason);
  }

  private void fail(Request request, Failure failure) {
    send(
        request.getResponse(), new Document("application/json", errors.prepared(request, failure)));
  }
}
