package io.github.dwssnapshots.server.access;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * IAM actions and their operations. A test compares them with {@code x-iam-action} in the contract.
 */
public enum Action {
  CREATE_SNAPSHOT("dws:openAPISnapshot:create", "createSnapshot"),
  LIST_SNAPSHOTS("dws:openAPISnapshot:list", "listSnapshots", "listClusterSnapshots"),
  SHOW_SNAPSHOT("dws:openAPISnapshot:detail", "showSnapshot"),
  DELETE_SNAPSHOT("dws:openAPISnapshot:delete", "deleteSnapshot");

  private final String iamName;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
  private final Set<String> operations;

  Action(String iamName, String... operations) {
    this.iamName = iamName;
    this.operations = Set.of(operations);
  }

  /** The operationIds in the contract, which are also the names of the generated methods. */
  public Set<String> operations() {
    return operations;
  }

  /** Name in the configuration file, for example {@code dws:openAPISnapshot:create}. */
  public String iamName() {
    return iamName;
  }

  static Optional<Action> ofOperation(String operation) {
    return Arrays.stream(values()).filter(a -> a.operations.contains(operation)).findFirst();
  }

  /** Finds an action by its name, which is case-sensitive. */
  public static Optional<Action> ofIamName(String iamName) {
    return Arrays.stream(values()).filter(a -> a.iamName.equals(iamName)).findFirst();
  }
}
