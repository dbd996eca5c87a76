package io.github.dwssnapshots.server.config;

/** What was configured cannot be used. The message is for the person who configured it. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
