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
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Comparator;
import java.util.List;

/** 415 and 406: a body is JSON in UTF-8, and so is every answer. */
public final class MediaTypeFilter implements ContainerRequestFilter {
  private static final String CONTENT_TYPES = MediaTypeFilter.class.getName() + ".contentTypes";
  private static final String ACCEPTS = MediaTypeFilter.class.getName() + ".accepts";

  /**
   * Takes both headers away before Jersey looks for the operation, as Jersey would answer 415 and
   * 406 before anything could ask for the permission. Content-Type becomes the only type there is.
   */
  @PreMatching
  public static final class SetAside implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      MultivaluedMap<String, String> headers = request.getHeaders();
      request.setProperty(CONTENT_TYPES, values(headers, HttpHeaders.CONTENT_TYPE));
      request.setProperty(ACCEPTS, values(headers, HttpHeaders.ACCEPT));
      headers.putSingle(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
      headers.remove(HttpHeaders.ACCEPT);
    }

    private static List<String> values(MultivaluedMap<String, String> headers, String name) {
      return List.copyOf(
          headers.getOrDefault(name, List.of())); // putSingle changes the list in place
    }
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request
        .getMethod()
        .equals(HttpMethod.POST)) { // the one method of the contract that has a body
      checkContent(
          strings(request, CONTENT_TYPES),
          request.getHeaders().containsKey(HttpHeaders.CONTENT_ENCODING));
    }
    checkAccept(String.join(",", strings(request, ACCEPTS)));
  }

  @SuppressWarnings("unchecked") // put there by SetAside
  private static List<String> strings(ContainerRequestContext request, String property) {
    return (List<String>) request.getProperty(property);
  }

  private static void checkContent(List<String> types, boolean encoded) {
    String sent = String.join(", ", types);
    if (encoded) {
      throw new Failure(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Content-Encoding is not supported; send the body without it");
    }
    if (types.size() > 1 || (types.size() == 1 && !isJsonInUtf8(sent))) {
      throw new Failure(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type is %s; send application/json in UTF-8",
          Quoted.of(sent));
    }
  }

  private static boolean isJsonInUtf8(String type) {
    return MediaRange.of(type)
        .filter(MediaRange::isJson)
        .map(t -> t.parameters().getOrDefault(MediaType.CHARSET_PARAMETER, "utf-8"))
        .filter(charset -> charset.equalsIgnoreCase("utf-8"))
        .isPresent();
  }

  /**
   * RFC 9110, 12.5.1: of the ranges that JSON falls into the closest decides. A range that cannot
   * be read counts for nothing; without the header, or with an empty list, anything is acceptable.
   */
  private static void checkAccept(String accept) {
    if (accept.replace(",", "").isBlank()) {
      return;
    }
    boolean acceptable =
        MediaRange.listOf(accept).stream()
            .filter(MediaRange::includesJson)
            .max(Comparator.comparingInt(MediaRange::closeness))
            .filter(range -> !range.isExcluded())
            .isPresent();
    if (!acceptable) {
      throw new Failure(
          ErrorCode.NOT_ACCEPTABLE,
          "Accept is %s; answers are application/json",
          Quoted.of(accept));
    }
  }
}
