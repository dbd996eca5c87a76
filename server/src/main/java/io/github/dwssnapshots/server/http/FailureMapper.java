package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import io.github.dwssnapshots.server.storage.StoreException;
import jakarta.inject.Provider;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Maps an exception to a response. Logs defects and storage failures. */
public final class FailureMapper implements ExceptionMapper<Throwable> {
  private static final System.Logger LOG = System.getLogger(FailureMapper.class.getName());

  /** Methods of RFC 9110 and RFC 5789. Others get 501 instead of 405 (RFC 9110, 9.1). */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH");

  static final String SEE_LOG =
      "the server log has the details under the X-Request-Id of this response";

  @Context private Provider<ContainerRequestContext> request;

  @Override
  public Response toResponse(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    Failure failure = failure(cause);
    Response.ResponseBuilder response =
        Response.status(failure.code().status())
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(ErrorResponses.body(failure));
    ErrorResponses.headers(failure.code()).forEach(response::header);
    if (failure.code() == ErrorCode.METHOD_NOT_ALLOWED && cause instanceof NotAllowedException e) {
      response.header(HttpHeaders.ALLOW, allowed(e));
    }
    return response.build();
  }

  private Failure failure(Throwable cause) {
    if (cause instanceof Failure failure) {
      return failure;
    }
    if (cause instanceof StoreException store) {
      LOG.log(System.Logger.Level.WARNING, () -> store.getMessage() + ", request " + requestId());
      return new Failure(ErrorCode.UNAVAILABLE, "%s", unavailable(store.outcome()));
    }
    if (cause instanceof NotFoundException) {
      return PathFilter.pathNotFound(request.get().getUriInfo().getRequestUri().getRawPath());
    }
    if (cause instanceof NotAllowedException notAllowed) {
      return notAllowed(request.get().getMethod(), notAllowed);
    }
    if (cause instanceof WebApplicationException e
        && ErrorCode.ofHttpStatus(e.getResponse().getStatus()).isPresent()) {
      return new Failure(
          ErrorCode.ofHttpStatus(e.getResponse().getStatus()).orElseThrow(),
          "the request cannot be read as HTTP");
    }
    LOG.log(System.Logger.Level.ERROR, () -> "defect in request " + requestId(), cause);
    return new Failure(ErrorCode.INTERNAL, SEE_LOG);
  }

  private Object requestId() {
    return request.get().getProperty(RequestLog.ID);
  }

  private static String unavailable(StoreException.Outcome outcome) {
    return outcome == StoreException.Outcome.UNKNOWN
        ? "the storage failed during the commit, so the outcome is unknown; repeat the request: "
            + ErrorCode.NAME_TAKEN.code()
            + " (creation) or "
            + ErrorCode.SNAPSHOT_NOT_FOUND.code()
            + " (deletion) means that it had succeeded"
        : "the storage is unreachable, full or overloaded; nothing was changed";
  }

  private static Failure notAllowed(String method, NotAllowedException e) {
    return METHODS.contains(method)
        ? new Failure(ErrorCode.METHOD_NOT_ALLOWED, "%s; allowed: %s", method, allowed(e))
        : new Failure(ErrorCode.NOT_IMPLEMENTED, "unknown method %s", Quoted.of(method));
  }

  /** Methods of the path. Jersey adds OPTIONS, which the contract lacks, and omits HEAD. */
  private static String allowed(NotAllowedException e) {
    return e.getResponse().getAllowedMethods().stream()
        .filter(method -> !method.equals(HttpMethod.OPTIONS))
        .flatMap(
            method ->
                method.equals(HttpMethod.GET)
                    ? Stream.of(HttpMethod.GET, HttpMethod.HEAD)
                    : Stream.of(method))
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
