package io.github.dwssnapshots.server.access;

import java.util.EnumSet;
import java.util.List;

/**
 * The default tenancy: one project and a public token that allows all actions. For loopback
 * addresses only.
 */
public final class DemoTenancy {
  /** The project in the vendor's example. */
  public static final String PROJECT = "89cd04f168b84af6be287f71730fdb4b";

  /** The cluster in the vendor's example. */
  public static final String CLUSTER = "44b277eb-39be-4921-be31-3d61b43651d7";

  /** A cluster whose snapshots end as UNAVAILABLE. */
  public static final String FAILING_CLUSTER = "d7b6a1c2-5f0e-4d83-9a3b-2c8e6f1047b9";

  public static final String TOKEN = "demo-token";

  public static final String ACCESS_KEY = "DEMOACCESSKEY";

  public static final String SECRET_KEY = "demo-secret-key";

  private DemoTenancy() {}

  public static Tenancy tenancy() {
    EnumSet<Action> all = EnumSet.allOf(Action.class);
    return Tenancy.of(
        List.of(
            new Tenancy.Project(
                PROJECT,
                List.of(
                    new Tenancy.Cluster(CLUSTER, "demo"),
                    new Tenancy.Cluster(FAILING_CLUSTER, "failing").failing()),
                List.of(
                    Tenancy.Credential.ofToken("demo", TOKEN, all),
                    Tenancy.Credential.ofAccessKey("demo", ACCESS_KEY, SECRET_KEY, all)))));
  }
}
