package io.github.dwssnapshots.server.fault;

import io.github.dwssnapshots.server.access.Action;
import io.github.dwssnapshots.server.error.ErrorCode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A failure that the server injects into an operation, for tests of its clients.
 *
 * @param operation the operationId, for example {@code createSnapshot}
 * @param every 1 for each request, 10 for each tenth one; it leaves the others alone
 * @param times how often it is injected, then the next fault of the operation applies; {@link
 *     Integer#MAX_VALUE} for always
 */
public record Fault(String operation, Effect effect, int every, int times) {
  /** What happens to a request. {@code toString} is for the log. */
  public sealed interface Effect {}

  /** The error response of a status that the contract has, 4xx or 5xx; nothing is changed. */
  public record Status(int status) implements Effect {
    @Override
    public String toString() {
      return "status " + status;
    }
  }

  /**
   * The operation starts after this time, at most 5 minutes, also if the client has gone. Until
   * then the request is in flight.
   */
  public record Delay(Duration time) implements Effect {
    @Override
    public String toString() {
      return "delay " + time.toMillis() + "ms";
    }
  }

  /** The connection is reset: before the operation, or after it, so that its response is lost. */
  public enum Drop implements Effect {
    BEFORE,
    AFTER;

    @Override
    public String toString() {
      return "drop " + name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Duration MAX_DELAY = Duration.ofMinutes(5);

  /**
   * Checks all values.
   *
   * @throws IllegalArgumentException with a message for users
   */
  public Fault {
    List<String> operations =
        Arrays.stream(Action.values()).flatMap(a -> a.operations().stream()).sorted().toList();
    if (!operations.contains(operation)) {
      throw new IllegalArgumentException("unknown operation; allowed: " + operations);
    }
    if (effect instanceof Status status && code(operation, status.status()).isEmpty()) {
      throw new IllegalArgumentException(
          "the contract has no error response with this status; allowed: "
              + Arrays.stream(ErrorCode.values())
                  .map(ErrorCode::status)
                  .sorted()
                  .distinct()
                  .toList());
    }
    if (effect instanceof Delay delay
        && (delay.time().isNegative() || delay.time().compareTo(MAX_DELAY) > 0)) {
      throw new IllegalArgumentException("allowed delays: 0 to 5 minutes");
    }
    if (every < 1 || times < 1) {
      throw new IllegalArgumentException("every and times must be at least 1");
    }
  }

  /** Answers each request of the operation with an error. */
  public static Fault status(String operation, int status) {
    return new Fault(operation, new Status(status), 1, Integer.MAX_VALUE);
  }

  /** Delays each request of the operation. */
  public static Fault delay(String operation, Duration time) {
    return new Fault(operation, new Delay(time), 1, Integer.MAX_VALUE);
  }

  /** Resets the connection of each request of the operation. */
  public static Fault drop(String operation, Drop drop) {
    return new Fault(operation, drop, 1, Integer.MAX_VALUE);
  }

  /** Returns a copy that leaves all but each n-th request alone. */
  public Fault every(int n) {
    return new Fault(operation, effect, n, times);
  }

  /** Returns a copy that is injected a number of times. */
  public Fault times(int count) {
    return new Fault(operation, effect, every, count);
  }

  /** The error code that an operation has for a status; empty if the contract has none. */
  static Optional<ErrorCode> code(String operation, int status) {
    boolean hasRules =
        operation.equals("createSnapshot") || operation.equals("listClusterSnapshots");
    boolean hasSnapshot = operation.equals("showSnapshot") || operation.equals("deleteSnapshot");
    return switch (status) {
      case 400 -> Optional.of(hasRules ? ErrorCode.INVALID_REQUEST : ErrorCode.MALFORMED_HTTP);
      case 404 ->
          Optional.of(
              hasRules
                  ? ErrorCode.CLUSTER_NOT_FOUND
                  : hasSnapshot ? ErrorCode.SNAPSHOT_NOT_FOUND : ErrorCode.PATH_NOT_FOUND);
      default -> Arrays.stream(ErrorCode.values()).filter(c -> c.status() == status).findFirst();
    };
  }
}
