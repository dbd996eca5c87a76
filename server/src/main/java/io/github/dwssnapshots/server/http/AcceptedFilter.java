package io.github.dwssnapshots.server.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response.Status;

/**
 * Sets the status of a success without a body to 202, as in the contract. JAX-RS uses 204, and the
 * generated interface cannot set a status.
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
