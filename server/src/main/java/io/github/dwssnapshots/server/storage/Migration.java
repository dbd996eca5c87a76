package io.github.dwssnapshots.server.storage;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Updates older tables with Flyway, an optional dependency that only this class uses. */
final class Migration {
  /** Not Flyway's default, which other programs can use in the same database. */
  private static final String HISTORY = "snapshots_migrations";

  private Migration() {}

  /** Runs the scripts in a resource folder that are newer than a version. */
  static void run(DataSource source, String schema, String folder, int version) {
    Flyway.configure(Migration.class.getClassLoader())
        .dataSource(source)
        .defaultSchema(schema)
        .locations("classpath:" + folder)
        .table(HISTORY)
        .baselineOnMigrate(true)
        .baselineVersion(String.valueOf(version))
        .load()
        .migrate();
  }
}
