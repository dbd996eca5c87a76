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
  private static final String OK = "ok\n";

  private final Documentation documentation;
  private final Supplier<CompletionStage<Optional<String>>> obstacle;
  private final Optional<Metrics> metrics;
  private final ListThreads threads;
  private final ErrorResponses errors;

  /**
   * The open addresses of a server.
   *
   * @param obstacle why the server is not ready, in words for everybody; empty if it is ready
   * @param threads send the documents, which exceed what a connection queues
   */
  public OpenAddresses(
      Documentation documentation,
      Supplier<CompletionStage<Optional<String>>> obstacle,
      Optional<Metrics> metrics,
      ListThreads threads,
      ObjectMapper mapper) {
    this.documentation = documentation;
    this.obstacle = obstacle;
    this.metrics = metrics;
    this.threads = threads;
    this.errors = new ErrorResponses(mapper);
  }

  private static boolean isRead(Request request) {
    return request.getMethod() == Method.GET || request.getMethod() == Method.HEAD;
  }

  static boolean isHealth(Request request) {
    return isLiveness(request) || isReadiness(request);
  }

  static boolean isLiveness(Request request) {
    return isRead(request) && request.getRequestURI().equals(LIVE);
  }

  private static boolean isReadiness(Request request) {
    return isRead(request) && request.getRequestURI().equals(READY);
  }

  private boolean isBrowser(Request request) {
    return documentation.hasPage()
        && request.getRequestURI().equals("/")
        && String.valueOf(request.getHeader("Accept")).contains("text/html");
  }

  /** Serves the request if it is for one of these addresses. Does not block. */
  boolean serve(Request request, Response response) throws IOException {
    if (!isRead(request)) {
      return false;
    }
    if (isLiveness(request)) {
      send(response, "text/plain", OK);
    } else if (isReadiness(request)) {
      sendReadiness(request, response);
    } else if (request.getRequestURI().equals(METRICS)) {
      send(request, response, this::metrics);
    } else if (isBrowser(request)) {
      response.setStatus(302);
      response.setHeader("Location", Documentation.PAGE);
    } else if (documentation.has(request.getRequestURI())) {
      send(request, response, () -> documentation.read(request.getRequestURI()));
    } else {
      return false;
    }
    return true;
  }

  private void sendReadiness(Request request, Response response) {
    response.suspend();
    obstacle
        .get()
        .whenComplete(
            (reason, defect) -> {
              try {
                if (defect == null && reason.isEmpty()) {
                  send(response, "text/plain", OK);
                } else {
                  fail(request, unavailable(defect == null ? reason.get() : "the storage fails"));
                }
              } finally {
                response.resume();
              }
            });
  }

  private Optional<Document> metrics() {
    return metrics.map(m -> new Document("text/plain; version=0.0.4; charset=utf-8", m.text()));
  }

  private interface Reading {
    Optional<Document> read() throws IOException;
  }

  private void send(Request request, Response response, Reading reading) {
    response.suspend();
    try {
      threads.execute(
          () -> {
            try {
              Optional<Document> document = reading.read();
              if (document.isPresent()) {
                response.setHeader("Content-Security-Policy", POLICY);
                response.setHeader("X-Content-Type-Options", "nosniff");
                send(response, document.get().type(), document.get().content());
              } else {
                fail(request, PathFilter.pathNotFound(request.getRequestURI()));
              }
            } catch (Throwable e) { // Errors too: the response would be an empty 200
              LOG.log(
                  System.Logger.Level.ERROR,
                  () -> "defect in request " + request.getAttribute(RequestLog.ID),
                  e);
              fail(request, new Failure(ErrorCode.INTERNAL, FailureMapper.SEE_LOG));
            } finally {
              response.resume();
            }
          });
    } catch (RejectedExecutionException e) {
      fail(request, unavailable("too many documents are being sent"));
      response.resume();
    }
  }

  private static void send(Response response, String type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    response.setContentType(type);
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
    send(request.getResponse(), "application/json", errors.prepared(request, failure));
  }
}
