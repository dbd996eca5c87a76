package io.github.dwssnapshots.server.config;

/** Reports a configuration that cannot be used, with a message for users. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
