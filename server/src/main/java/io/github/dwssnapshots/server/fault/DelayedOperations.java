package io.github.dwssnapshots.server.fault;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.spi.internal.ResourceMethodInvocationHandlerProvider;

/** Starts operations after their {@link Fault.Delay}. No thread waits: JAX-RS filters cannot. */
public final class DelayedOperations implements ResourceMethodInvocationHandlerProvider {
  @Context private Provider<ContainerRequestContext> request;
  @Inject private Faults faults;

  @Override
  public InvocationHandler create(Invocable operation) {
    return (resource, method, arguments) ->
        faults.hasDelays()
                && request.get().getProperty(FaultFilter.INJECTED) instanceof Fault.Delay delay
            ? new Delayed(delay, resource, method, arguments)
            : method.invoke(resource, arguments);
  }

  /**
   * The result of an operation that starts when Jersey waits for it. Jersey would send an earlier
   * result on the current thread, a selector, and a long list must not block it.
   */
  private static final class Delayed extends CompletableFuture<Object> {
    private final Fault.Delay delay;
    private final Object resource;
    private final Method method;
    private final Object[] arguments;

    Delayed(Fault.Delay delay, Object resource, Method method, Object... arguments) {
      this.delay = delay;
      this.resource = resource;
      this.method = method;
      this.arguments = arguments;
    }

    @Override
    public CompletableFuture<Object> whenComplete(
        BiConsumer<? super Object, ? super Throwable> action) {
      CompletableFuture<Object> registered = super.whenComplete(action);
      delayedExecutor(delay.time().toMillis(), TimeUnit.MILLISECONDS).execute(this::start);
      return registered;
    }

    private void start() {
      try {
        ((CompletionStage<?>) method.invoke(resource, arguments))
            .whenComplete(
                (value, failure) -> {
                  if (failure == null) {
                    complete(value);
                  } else {
                    completeExceptionally(failure);
                  }
                });
      } catch (ReflectiveOperationException e) {
        completeExceptionally(e.getCause() == null ? e : e.getCause());
      }
    }
  }
}
