package io.github.dwssnapshots.server.http;

import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;

/** Passes a request on when its body is complete, so that no thread waits for the client. */
final class BodyAggregator extends BaseFilter {
  private final Connections connections;

  BodyAggregator(Connections connections) {
    this.connections = connections;
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    if (!(ctx.getMessage() instanceof HttpContent content)) {
      return ctx.getInvokeAction(); // resumes a suspended response
    }
    if (HttpContent.isBroken(content)) {
      return ctx.getStopAction(); // the codec has rejected it
    }
    if (!content.isLast()) {
      return ctx.getStopAction(content);
    }
    connections.enter(ctx.getConnection(), Connections.Phase.RESPONDING);
    return connections.phase(ctx.getConnection()) == Connections.Phase.RESPONDING
        ? ctx.getInvokeAction()
        : ctx.getStopAction(); // the receive timeout came first
  }
}
