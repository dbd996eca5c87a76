package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.model.ErrorResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.FastHttpDateFormat;
import org.glassfish.grizzly.http.util.HttpStatus;

/** Builds error responses, for Jersey and for the codec. */
final class ErrorResponses {
  private final ObjectMapper mapper;

  ErrorResponses(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  static ErrorResponse body(Failure failure) {
    return new ErrorResponse().errorCode(failure.code().code()).errorMsg(failure.getMessage());
  }

  String json(Failure failure) {
    return mapper.valueToTree(body(failure)).toString();
  }

  /** Sets status and headers of the request's response. Returns its body. */
  String prepared(Request request, Failure failure) {
    Response response = request.getResponse();
    headers((UUID) request.getAttribute(RequestLog.ID)).forEach(response::setHeader);
    headers(failure.code()).forEach(response::setHeader);
    response.setStatus(failure.code().status());
    response.setContentType(MediaType.APPLICATION_JSON);
    return json(failure);
  }

  /** Sends the response to a request, before Jersey or instead of it. */
  void send(Request request, Failure failure) throws IOException {
    byte[] body = prepared(request, failure).getBytes(StandardCharsets.UTF_8);
    request.getResponse().getOutputStream().write(body); // a writer would add a charset
  }

  /** Headers of every response. */
  static Map<String, String> headers(UUID requestId) {
    return Map.of(
        "X-Request-Id",
        requestId.toString(),
        HttpHeaders.DATE, // Grizzly omits it
        FastHttpDateFormat.getCurrentDate(),
        // Caches do not know that X-Auth-Token is a credential (RFC 9111, 3.5).
        HttpHeaders.CACHE_CONTROL,
        "no-store");
  }

  /** Additional headers for an error code. */
  static Map<String, String> headers(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE -> Map.of(HttpHeaders.RETRY_AFTER, "1"); // seconds
      case NOT_AUTHENTICATED -> Map.of(HttpHeaders.WWW_AUTHENTICATE, "X-Auth-Token");
      default -> Map.of();
    };
  }

  /**
   * Serializes the last response of a connection.
   *
   * @param isHead whether the request is HEAD, whose responses have no body
   */
  byte[] last(Failure failure, UUID requestId, boolean isHead) {
    byte[] body = json(failure).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = new TreeMap<>(headers(requestId));
    headers.putAll(headers(failure.code()));
    headers.put("Connection", "close");
    headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
    headers.put(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length));
    int status = failure.code().status();
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ');
    head.append(HttpStatus.getHttpStatus(status).getReasonPhrase()).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("\r\n");
    String text = isHead ? head.toString() : head + new String(body, StandardCharsets.ISO_8859_1);
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
