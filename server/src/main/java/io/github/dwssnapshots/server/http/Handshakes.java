package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.Quoted;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.ssl.SSLUtils;

/** Limits TLS handshakes: one for each connection, within the receive timeout. */
final class Handshakes implements SSLBaseFilter.HandshakeListener {
  private static final System.Logger LOG = System.getLogger(Handshakes.class.getName());

  /** The message can quote the client. */
  private static final int MESSAGE_CHARACTERS = 200;

  private final Connections connections;

  Handshakes(Connections connections) {
    this.connections = connections;
  }

  /** Ends a connection whose client renegotiates: Grizzly would wait for it, on a selector. */
  @Override
  public void onStart(Connection<?> connection) {
    if (connections.phase(connection) != Connections.Phase.HANDSHAKE
        && !SSLUtils.getSSLEngine(connection).getSession().getProtocol().equals("TLSv1.3")) {
      LOG.log(System.Logger.Level.INFO, "renegotiation of TLS is not supported");
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
    if (connections.phase(connection) == Connections.Phase.HANDSHAKE) {
      String message = Quoted.printable(String.valueOf(reason.getMessage()), MESSAGE_CHARACTERS);
      LOG.log(System.Logger.Level.INFO, "no TLS handshake: " + message);
    }
  }
}
