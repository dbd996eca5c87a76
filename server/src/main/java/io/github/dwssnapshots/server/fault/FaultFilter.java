package io.github.dwssnapshots.server.fault;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;

/** Decides which fault a request gets, once its permission is checked. */
public final class FaultFilter implements ContainerRequestFilter {
  /** Property of a request with the effect that it gets, a {@link Fault.Effect}. */
  public static final String INJECTED = FaultFilter.class.getName();

  private final Faults faults;
  private final String operation;

  private FaultFilter(Faults faults, String operation) {
    this.faults = faults;
    this.operation = operation;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    faults.next(operation).ifPresent(effect -> inject(request, effect));
  }

  private void inject(ContainerRequestContext request, Fault.Effect effect) {
    request.setProperty(INJECTED, effect);
    if (effect instanceof Fault.Status status) {
      throw new Failure(
          Fault.code(operation, status.status()).orElseThrow(),
          "injected by the faults of this server; nothing was changed");
    }
    if (effect == Fault.Drop.BEFORE) { // ends the request; the response is not sent
      throw new Failure(ErrorCode.UNAVAILABLE, "connection dropped");
    }
  }

  /** Registers a filter for each operation. */
  public static final class ForEachOperation implements DynamicFeature {
    private final Faults faults;
    private final int priority;

    public ForEachOperation(Faults faults, int priority) {
      this.faults = faults;
      this.priority = priority;
    }

    @Override
    public void configure(ResourceInfo operation, FeatureContext context) {
      context.register(new FaultFilter(faults, operation.getResourceMethod().getName()), priority);
    }
  }
}
