package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.net.URI;

/**
 * Makes Jersey take a path literally, as the contract does: by default it drops {@code ;parameters}
 * from a segment, and takes a path with a trailing slash for the one without.
 */
@PreMatching
public final class PathFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    URI uri = request.getUriInfo().getRequestUri();
    String path = uri.getRawPath();
    if (path.contains("//") || path.endsWith("/")) {
      throw noSuchPath(path);
    }
    if (path.indexOf(';') >= 0) {
      request.setRequestUri(uri.resolve(path.replace(";", "%3B")));
    }
  }

  static Failure noSuchPath(String path) {
    return new Failure(
        ErrorCode.NO_SUCH_PATH, "%s; the contract has the paths that there are", Quoted.of(path));
  }
}
