package io.github.dwssnapshots.server.fault;

import jakarta.inject.Provider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.spi.internal.ResourceMethodInvocationHandlerProvider;

/** Starts operations after their {@link Fault.Delay}. No thread waits: JAX-RS filters cannot. */
public final class DelayedOperations implements ResourceMethodInvocationHandlerProvider {
  @Context private Provider<ContainerRequestContext> request;

  @Override
  public InvocationHandler create(Invocable operation) {
    return (resource, method, arguments) ->
        request.get().getProperty(FaultFilter.INJECTED) instanceof Fault.Delay delay
            ? delayed(delay, resource, method, arguments)
            : method.invoke(resource, arguments);
  }

  private static CompletionStage<Object> delayed(
      Fault.Delay delay, Object resource, Method method, Object... arguments) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    CompletableFuture.delayedExecutor(delay.time().toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> start(result, resource, method, arguments));
    return result;
  }

  private static void start(
      CompletableFuture<Object> result, Object resource, Method method, Object... arguments) {
    try {
      // Not composed: a list must be sent on the thread that completes it.
      ((CompletionStage<?>) method.invoke(resource, arguments))
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(failure);
                }
              });
    } catch (InvocationTargetException e) {
      result.completeExceptionally(e.getCause());
    } catch (IllegalAccessException e) {
      result.completeExceptionally(e);
    }
  }
}
