package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.text.ParseException;
import java.util.Comparator;
import java.util.List;
import org.glassfish.jersey.message.internal.HttpHeaderReader;

/** Checks Content-Type (415) and Accept (406): bodies are JSON in UTF-8. */
public final class MediaTypeFilter implements ContainerRequestFilter {
  private static final System.Logger LOG = System.getLogger(MediaTypeFilter.class.getName());
  private static final String ACCEPT = MediaTypeFilter.class.getName() + ".accept";

  /**
   * Hides both headers from Jersey's routing, which would send 415 and 406 before the permission is
   * checked.
   */
  @PreMatching
  public static final class SetAside implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      List<String> accept = request.getHeaders().remove(HttpHeaders.ACCEPT);
      request.setProperty(ACCEPT, accept == null ? "" : String.join(",", accept));
      request.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
    }
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getMethod().equals(HttpMethod.POST)) {
      RequestHead head = (RequestHead) request.getProperty(RequestHead.ATTRIBUTE);
      checkContentType(head.values(HttpHeaders.CONTENT_TYPE));
      if (!head.values(HttpHeaders.CONTENT_ENCODING).isEmpty()) {
        throw new Failure(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "Content-Encoding is not supported; send the body without it");
      }
    }
    checkAccept((String) request.getProperty(ACCEPT));
  }

  private static void checkContentType(List<String> types) {
    String type = String.join(", ", types);
    if (types.size() > 1 || (types.size() == 1 && !isJsonInUtf8(type))) {
      throw new Failure(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type is %s; allowed: application/json in UTF-8",
          Quoted.of(type));
    }
  }

  private static boolean isJsonInUtf8(String type) {
    try {
      MediaType sent = MediaType.valueOf(type);
      String charset = sent.getParameters().getOrDefault(MediaType.CHARSET_PARAMETER, "utf-8");
      return specificity(sent) == 2 && charset.matches("(?i)utf-?8");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Specificity for JSON: 2 for an exact match, 1 or 0 for a wildcard, -1 for no match. */
  private static int specificity(MediaType range) {
    return !range.isCompatible(MediaType.APPLICATION_JSON_TYPE)
        ? -1
        : range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
  }

  /** The most specific range decides (RFC 9110, 12.5.1). A malformed header is ignored. */
  private static void checkAccept(String accept) {
    if (accept.replace(",", "").isBlank()) {
      return;
    }
    try {
      boolean isAcceptable =
          HttpHeaderReader.readAcceptMediaType(accept).stream()
              .filter(range -> specificity(range) >= 0)
              .max(Comparator.comparingInt(MediaTypeFilter::specificity))
              .filter(range -> range.getQuality() > 0)
              .isPresent();
      if (!isAcceptable) {
        throw new Failure(
            ErrorCode.NOT_ACCEPTABLE, "Accept is %s; allowed: application/json", Quoted.of(accept));
      }
    } catch (ParseException e) {
      LOG.log(System.Logger.Level.DEBUG, "malformed Accept header ignored", e);
    }
  }
}
