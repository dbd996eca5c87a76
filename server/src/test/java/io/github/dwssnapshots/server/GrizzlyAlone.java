package io.github.dwssnapshots.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.RequestExecutorProvider;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;

/**
 * Grizzly's own HTTP server with a constant response, as the baseline of the speed figures. Prints
 * its address, as the snapshot server does.
 */
final class GrizzlyAlone extends HttpHandler {
  private static final byte[] ANSWER =
      "{\"snapshot\":{\"id\":\"2a4d0f86-67cd-408a-8b66-017454fb7793\"}}"
          .getBytes(StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws IOException, InterruptedException {
    NetworkListener listener = new NetworkListener("alone", "127.0.0.1", 0);
    listener.getTransport().setIOStrategy(SameThreadIOStrategy.getInstance());
    listener.getKeepAlive().setMaxRequestsCount(-1);
    HttpServer server = new HttpServer();
    server.addListener(listener);
    server.getServerConfiguration().addHttpHandler(new GrizzlyAlone(), "/");
    server.start();
    System.out.println("Listening on http://127.0.0.1:" + listener.getPort());
    new CountDownLatch(1).await();
  }

  @Override
  public RequestExecutorProvider getRequestExecutorProvider() {
    return new RequestExecutorProvider.SameThreadProvider();
  }

  @Override
  public void service(Request request, Response response) throws IOException {
    request.getInputStream().readAllBytes();
    response.setContentType("application/json");
    response.setContentLength(ANSWER.length);
    response.getOutputStream().write(ANSWER);
  }
}
