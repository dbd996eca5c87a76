package io.github.dwssnapshots.server.config;

import io.github.dwssnapshots.server.access.Tenancy;
import java.util.Map;

/** Reads a tenancy from a text as from a file. */
final class TenancyTexts {
  private static final Map<String, String> ENVIRONMENT = Map.of("SECRET", "secret-of-variable");

  private TenancyTexts() {}

  static Tenancy tenancy(String name, String yaml) throws ConfigurationException {
    return configuration(name, yaml).tenancy();
  }

  static TenancyRules.Configuration configuration(String name, String yaml)
      throws ConfigurationException {
    return TenancyRules.check(name, TenancyFile.parse(name, yaml), ENVIRONMENT::get);
  }
}
