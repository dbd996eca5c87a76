package io.github.dwssnapshots.server.access;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a credential can permit: one IAM action for each operation of the contract. A test holds
 * this list to the contract, which names the action in each operation's description.
 */
public enum Action {
  CREATE_SNAPSHOT("createSnapshot", "dws:openAPISnapshot:create");

  private final String operation;
  private final String iamName;

  Action(String operation, String iamName) {
    this.operation = operation;
    this.iamName = iamName;
  }

  /** The operationId in the contract, and so the name of the generated method. */
  public String operation() {
    return operation;
  }

  /** The name in the configuration file, for example {@code dws:openAPISnapshot:create}. */
  public String iamName() {
    return iamName;
  }

  static Optional<Action> ofOperation(String operation) {
    return Arrays.stream(values()).filter(a -> a.operation.equals(operation)).findFirst();
  }

  /** The action of this name, which is case-sensitive. */
  public static Optional<Action> ofIamName(String iamName) {
    return Arrays.stream(values()).filter(a -> a.iamName.equals(iamName)).findFirst();
  }
}
