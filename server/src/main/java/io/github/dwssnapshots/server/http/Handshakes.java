package io.github.dwssnapshots.server.http;

import javax.net.ssl.SSLException;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.ssl.SSLUtils;

/** Follows TLS handshakes: each connection has one, within the receive timeout. */
final class Handshakes implements SSLBaseFilter.HandshakeListener {
  private static final System.Logger LOG = System.getLogger(Handshakes.class.getName());

  private final Connections connections;

  Handshakes(Connections connections) {
    this.connections = connections;
  }

  /** Ends a connection whose client renegotiates: Grizzly would wait for it, on a selector. */
  @Override
  public void onStart(Connection<?> connection) {
    if (connections.phase(connection) != Connections.Phase.HANDSHAKE
        && !SSLUtils.getSSLEngine(connection).getSession().getProtocol().equals("TLSv1.3")) {
      connection.terminateSilently();
    }
  }

  @Override
  public void onComplete(Connection<?> connection) {
    if (connections.phase(connection) == Connections.Phase.HANDSHAKE) {
      connections.enter(connection, Connections.Phase.IDLE);
    }
  }

  /** Grizzly closes the connection. */
  @Override
  public void onFailure(Connection<?> connection, Throwable reason) {
    LOG.log(
        System.Logger.Level.INFO,
        reason instanceof SSLException
            ? "no TLS handshake: " + reason.getMessage()
            : "no TLS handshake: the client disconnected");
  }
}
