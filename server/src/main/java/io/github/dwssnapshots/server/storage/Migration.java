package io.github.dwssnapshots.server.storage;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Updates older tables with Flyway. The only class that needs it: those who embed can omit it. */
final class Migration {
  /** Not Flyway's default: others can use it in the same database. */
  private static final String HISTORY = "snapshots_migrations";

  private Migration() {}

  /** Runs the scripts of a folder of resources that are newer than a version. */
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
