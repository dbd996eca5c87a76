package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

/** Rejects paths with a trailing or doubled slash, which Jersey would ignore. */
@PreMatching
public final class PathFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    String path = request.getUriInfo().getRequestUri().getRawPath();
    if (path.contains("//") || path.endsWith("/")) {
      throw new Failure(
          ErrorCode.PATH_NOT_FOUND, "%s has a trailing or doubled slash", Quoted.of(path));
    }
  }

  static Failure pathNotFound(String path) {
    return new Failure(ErrorCode.PATH_NOT_FOUND, "%s is not a path of this API", Quoted.of(path));
  }
}
