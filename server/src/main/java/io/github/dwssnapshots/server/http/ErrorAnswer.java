package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.model.ErrorResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.UUID;

/** What a client gets for a failure, whichever part of the server sends it. */
final class ErrorAnswer {
  /** What was in the way is mostly gone by then: a batch on its way to the disk, a restart. */
  private static final String RETRY_AFTER_SECONDS = "1";

  private final ObjectWriter writer;

  ErrorAnswer(ObjectMapper mapper) {
    this.writer = mapper.writerFor(ErrorResponse.class);
  }

  static ErrorResponse body(Failure failure) {
    return new ErrorResponse().errorCode(failure.code().code()).errorMsg(failure.getMessage());
  }

  /** The whole answer to a request. */
  byte[] answer(Failure failure, Exchange exchange) {
    return answer(failure, exchange.id(), !exchange.isHead(), exchange.settleLast());
  }

  /**
   * The whole answer.
   *
   * @param withBody without for HEAD
   * @param last whether the connection ends with it
   */
  byte[] answer(Failure failure, UUID requestId, boolean withBody, boolean last) {
    byte[] body = json(failure);
    AnswerHead head = new AnswerHead(failure.code().status(), requestId, last);
    headers(failure.code()).forEach(head::header);
    head.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON).withLength(body.length);
    return head.with(withBody ? body : new byte[0]);
  }

  private byte[] json(Failure failure) {
    try {
      return writer.writeValueAsBytes(body(failure));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("two strings can always be written", e);
    }
  }

  /** The headers that an answer with this code has besides those of every answer. */
  static Map<String, String> headers(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE -> Map.of(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
      case NOT_AUTHENTICATED ->
          Map.of(HttpHeaders.WWW_AUTHENTICATE, "X-Auth-Token"); // RFC 9110, 15.5.2
      default -> Map.of();
    };
  }
}
