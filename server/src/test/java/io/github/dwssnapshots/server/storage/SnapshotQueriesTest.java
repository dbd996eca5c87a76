package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import io.github.dwssnapshots.server.storage.SnapshotQueries.Selection;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Query plans: each query reads only its project or cluster. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SnapshotQueriesTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void make(@TempDir Path folder) throws Exception {
    database = StoreFixture.of(kind, folder);
    database.open().close();
  }

  private String plan(Optional<String> cluster, OrderBy order, boolean descending)
      throws Exception {
    try (Database open = database.open()) {
      return database.plan(
          new SnapshotQueries(open)
              .sql(new Selection("p", cluster, order, descending, Optional.empty())));
    }
  }

  @Test
  void listsByCreationAreReadFromAnIndex() throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      String ofCluster = plan(Optional.of("c"), OrderBy.STARTED, descending);
      assertReadsIndex("snapshots_cluster", ofCluster);
      assertReadsIndex("snapshots_project", plan(Optional.empty(), OrderBy.STARTED, descending));
    }
  }

  private void assertReadsIndex(String index, String plan) {
    String key = kind == DatabaseKind.SQLITE ? "rowid[<>]" : "seq [<>]";
    assertTrue(plan.matches("(?s).*" + index + ".*" + key + ".*"), plan);
    assertFalse(plan.matches("(?s).*(TEMP B-TREE|Sort|SCAN snapshots|Seq Scan).*"), plan);
  }

  @Test
  void listsByNameReadOnlyTheirCluster() throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      String plan = plan(Optional.of("c"), OrderBy.NAME, descending);
      assertTrue(plan.contains("snapshots_cluster"), plan);
      assertFalse(plan.contains("snapshots_name"), plan);
      assertFalse(plan.matches("(?s).*(SCAN snapshots|Seq Scan).*"), plan);
    }
  }
}
