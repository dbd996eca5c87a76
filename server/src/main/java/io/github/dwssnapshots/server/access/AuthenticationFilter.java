package io.github.dwssnapshots.server.access;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.access.Tenancy.Caller;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Checks the token or the signature (401). Runs before the path is matched, so that an
 * unauthenticated client does not learn which paths exist.
 */
@PreMatching
public final class AuthenticationFilter implements ContainerRequestFilter {
  static final String CALLER = AuthenticationFilter.class.getName() + ".caller";

  private static final String HEADER = "X-Auth-Token";

  private final Tenancy tenancy;
  private final Clock clock;
  private final String hostProperty;

  /**
   * A filter for these projects.
   *
   * @param clock that dates of signatures are compared with
   * @param hostProperty the property of a request with its Host header as sent
   */
  public AuthenticationFilter(Tenancy tenancy, Clock clock, String hostProperty) {
    this.tenancy = tenancy;
    this.clock = clock;
    this.hostProperty = hostProperty;
  }

  @Override
  public void filter(ContainerRequestContext request) throws IOException {
    List<String> tokens = headers(request, HEADER);
    List<String> authorizations = headers(request, HttpHeaders.AUTHORIZATION);
    boolean signed =
        authorizations.stream().anyMatch(a -> a.startsWith(RequestSignature.ALGORITHM));
    if (signed && !tokens.isEmpty()) {
      throw rejected("both a signature and the %s header; send one of them", HEADER);
    }
    request.setProperty(CALLER, signed ? signer(request, authorizations) : caller(tokens));
  }

  private static List<String> headers(ContainerRequestContext request, String name) {
    return request.getHeaders().getOrDefault(name, List.of());
  }

  /** One message for every fault, so that it does not help to guess. */
  private Caller signer(ContainerRequestContext request, List<String> authorizations)
      throws IOException {
    byte[] body = request.getEntityStream().readAllBytes();
    request.setEntityStream(new ByteArrayInputStream(body));
    URI uri = request.getUriInfo().getRequestUri();
    RequestSignature.Signed signed =
        new RequestSignature.Signed(
            request.getMethod(),
            uri.getRawPath(),
            Optional.ofNullable(uri.getRawQuery()).orElse(""),
            name ->
                name.equalsIgnoreCase(HttpHeaders.HOST)
                    ? List.of(String.valueOf(request.getProperty(hostProperty)))
                    : headers(request, name),
            Tenancy.sha256(body));
    return Optional.of(authorizations)
        .filter(values -> values.size() == 1)
        .flatMap(values -> RequestSignature.parse(values.get(0)))
        .flatMap(signature -> tenancy.caller(signature, signed, clock.instant()))
        .orElseThrow(() -> rejected("the signature in the Authorization header is not valid"));
  }

  private Caller caller(List<String> tokens) {
    if (tokens.size() != 1 || tokens.get(0).isEmpty()) {
      throw tokens.size() > 1
          ? rejected("%d %s headers; send exactly one", tokens.size(), HEADER)
          : rejected("missing or empty %s header", HEADER);
    }
    // Grizzly reads headers as ISO-8859-1: this restores the bytes as sent.
    byte[] token = tokens.get(0).getBytes(StandardCharsets.ISO_8859_1);
    return tenancy
        .caller(token)
        .orElseThrow(() -> rejected("unknown token in the %s header", HEADER));
  }

  @FormatMethod
  private static Failure rejected(@FormatString String format, Object... values) {
    return new Failure(ErrorCode.NOT_AUTHENTICATED, format, values);
  }
}
