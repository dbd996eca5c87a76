package io.github.dwssnapshots.server.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.DatabaseKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Behind each list stands an index, on each database. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class SelectionTest {
  @Parameter DatabaseKind kind;

  private StoreFixture database;

  @BeforeEach
  void makeTables(@TempDir Path folder) throws Exception {
    database = StoreFixture.of(kind, folder);
    database.open().close();
  }

  @ParameterizedTest
  @EnumSource
  void anIndexStandsBehindEachOrder(OrderBy order) throws Exception {
    for (boolean descending : new boolean[] {true, false}) {
      Selection list = new Selection("p", Optional.of("c1"), order, descending);
      String first = order.columns().split(",", 2)[0];
      assertPlan(index("snapshots_of_cluster_by_\\w+", "cluster_key", ""), list.sql("id", false));
      assertPlan(index("snapshots_of_cluster_by_\\w+", "cluster_key", first), list.sql("id", true));
      assertPlan(coveringIndex("snapshots_of_cluster_by_\\w+"), list.sqlOfSkipped());
    }
  }

  @Test
  void anIndexStandsBehindTheListOfAProject() throws Exception {
    Selection list = new Selection("p", Optional.empty(), OrderBy.STARTED, true);
    assertPlan(index("snapshots_of_project", "project_id", ""), list.sql("id", false));
    assertPlan(index("snapshots_of_project", "project_id", "started"), list.sql("id", true));
  }

  /**
   * A plan of one step, once the cluster's key is known: neither a scan of the table nor a sort.
   */
  private String index(String name, String key, String goesOnAt) {
    boolean begins = goesOnAt.isEmpty();
    String after = begins ? "" : ".*" + goesOnAt + ".*[<>]";
    return kind == DatabaseKind.SQLITE
        ? ".*USING INDEX " + name + " \\(" + (begins ? key + "=\\?" : after) + ".*\n" + lookUp(key)
        : "Limit\n"
            + lookUp(key)
            + " *->  Index Scan (Backward )?using "
            + name
            + " on snapshots\n *Index Cond: \\(.*"
            + key
            + after
            + ".*\n";
  }

  private String coveringIndex(String name) {
    return kind == DatabaseKind.SQLITE
        ? ".*USING COVERING INDEX " + name + ".*\n" + lookUp("cluster_key")
        : "Limit\n"
            + lookUp("cluster_key")
            + " *->  Index Only Scan (Backward )?using "
            + name
            + " on snapshots\n.*\n";
  }

  /** The step before, by which a cluster's key is found. */
  private String lookUp(String key) {
    if (key.equals("project_id")) {
      return "";
    }
    return kind == DatabaseKind.SQLITE
        ? "SCALAR SUBQUERY 1\nSEARCH clusters USING COVERING INDEX .*project_id=\\? AND cluster_id=.*\n"
        : " *InitPlan 1.*\n.*Index Scan using .* on clusters\n *Index Cond:.*\n";
  }

  private void assertPlan(String expected, String sql) throws SQLException {
    String plan = database.plan(sql);
    assertTrue(plan.matches(expected), plan);
  }
}
