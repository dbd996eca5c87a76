package io.github.dwssnapshots.server.access;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.access.Tenancy.Caller;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Checks the token (401). Runs before the path is matched, so that an unauthenticated client does
 * not learn which paths exist.
 */
@PreMatching
public final class AuthenticationFilter implements ContainerRequestFilter {
  static final String CALLER = AuthenticationFilter.class.getName() + ".caller";

  private static final String HEADER = "X-Auth-Token";

  private final Tenancy tenancy;

  public AuthenticationFilter(Tenancy tenancy) {
    this.tenancy = tenancy;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    request.setProperty(CALLER, caller(request.getHeaders().getOrDefault(HEADER, List.of())));
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
