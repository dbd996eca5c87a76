package io.github.dwssnapshots.server.access;

import io.github.dwssnapshots.server.access.Tenancy.Caller;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import org.glassfish.jersey.process.Inflector;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.ResourceMethod;

/**
 * Checks that the credential allows the operation's action in the project (403). The result depends
 * on the configuration alone, so it does not reveal what the project contains.
 */
public final class PermissionFilter implements ContainerRequestFilter {
  /** Property of a request with its operationId. */
  public static final String OPERATION = PermissionFilter.class.getName() + ".operation";

  private final Action action;
  private final String operation;

  private PermissionFilter(Action action, String operation) {
    this.action = action;
    this.operation = operation;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    request.setProperty(OPERATION, operation);
    String projectId = request.getUriInfo().getPathParameters().getFirst("project_id");
    Caller caller = (Caller) request.getProperty(AuthenticationFilter.CALLER);
    if (!caller.isAllowed(action, projectId)) {
      throw new Failure(
          ErrorCode.NOT_PERMITTED,
          "this credential does not allow %s in this project",
          action.iamName());
    }
  }

  /**
   * Registers a filter for each operation. The server does not start if an operation has no action.
   */
  public static final class ForEachOperation implements DynamicFeature {
    private final int priority;

    public ForEachOperation(int priority) {
      this.priority = priority;
    }

    @Override
    public void configure(ResourceInfo operation, FeatureContext context) {
      if (Inflector.class.isAssignableFrom(operation.getResourceClass())) {
        context.register((ContainerRequestFilter) ForEachOperation::rejectOptions, priority);
        return;
      }
      String name = operation.getResourceMethod().getName();
      Action action =
          Action.ofOperation(name)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "operation " + name + " has no action: add it to access/Action.java"));
      context.register(new PermissionFilter(action, name), priority);
    }

    /** Rejects OPTIONS, which Jersey would handle and the contract does not allow. */
    private static void rejectOptions(ContainerRequestContext request) {
      String[] methods =
          ((ExtendedUriInfo) request.getUriInfo())
              .getMatchedModelResource().getResourceMethods().stream()
                  .map(ResourceMethod::getHttpMethod)
                  .toArray(String[]::new);
      throw new NotAllowedException(HttpMethod.OPTIONS, methods);
    }
  }
}
