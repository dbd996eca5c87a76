package io.github.dwssnapshots.server.http;

import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;

/** Passes a request on when its body is whole, so that nothing waits for a client to send. */
final class WholeBody extends BaseFilter {
  private final Connections connections;

  WholeBody(Connections connections) {
    this.connections = connections;
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    if (!(ctx.getMessage() instanceof HttpContent content)) {
      return ctx.getInvokeAction(); // a suspended answer goes on
    }
    if (HttpContent.isBroken(content)) {
      return ctx.getStopAction(); // the codec has refused it
    }
    if (!content.isLast()) {
      return ctx.getStopAction(content);
    }
    connections.enter(ctx.getConnection(), Connections.Phase.ANSWERING);
    return connections.phase(ctx.getConnection()) == Connections.Phase.ANSWERING
        ? ctx.getInvokeAction()
        : ctx.getStopAction(); // the timeout was faster
  }
}
