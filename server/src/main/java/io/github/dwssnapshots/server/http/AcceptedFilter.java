package io.github.dwssnapshots.server.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response.Status;

/**
 * A success without a body is 202 in the contract, and 204 in JAX-RS; the generated interface has
 * no way to choose.
 */
public final class AcceptedFilter implements ContainerResponseFilter {
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    boolean success = response.getStatusInfo().getFamily() == Status.Family.SUCCESSFUL;
    if (success && !response.hasEntity()) {
      response.setStatusInfo(Status.ACCEPTED);
    }
  }
}
