package io.github.dwssnapshots.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the server listens.
 *
 * @param host a name or an address, an IPv6 address without brackets
 * @param port 0 to 65535; 0 takes a free one
 */
public record ListenAddress(String host, int port) {
  /** A port of 127.0.0.1 that nobody uses. */
  static final ListenAddress FREE_PORT = new ListenAddress("127.0.0.1", 0);

  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+)):(\\d{1,5})");
  private static final int MOST_PORT = 65535;

  static ListenAddress parse(String text) throws ConfigurationException {
    Matcher parts = HOST_PORT.matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > MOST_PORT) {
      throw new ConfigurationException(
          "the address to listen on, "
              + text
              + ", is not HOST:PORT with a port of 0 to "
              + MOST_PORT
              + ", for example 127.0.0.1:8080 or [::1]:8080");
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return new ListenAddress(host, Integer.parseInt(parts.group(3)));
  }

  /** Whether only this machine can reach it. */
  boolean isLoopback() throws ConfigurationException {
    try {
      return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "the address to listen on, " + this + ": there is no host " + host);
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
