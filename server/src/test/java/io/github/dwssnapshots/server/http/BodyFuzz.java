package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.model.CreateSnapshotBody;
import io.github.dwssnapshots.server.model.Snapshot;
import io.github.dwssnapshots.server.validation.SnapshotRules;
import java.io.IOException;
import java.util.Optional;

/**
 * Fuzzes the body of a creation. Any bytes are either a valid snapshot, which stays the same when
 * it is written and read again, or a {@link Failure} with the code for invalid bodies and a
 * printable message.
 */
public final class BodyFuzz {
  private static final ObjectMapper MAPPER = Json.mapper();

  private BodyFuzz() {}

  /** The entry point that Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] body) throws IOException {
    Snapshot snapshot;
    try {
      snapshot = read(body);
    } catch (Failure failure) {
      assertEquals(ErrorCode.INVALID_REQUEST, failure.code());
      ShownText.of(failure);
      return;
    }
    CreateSnapshotBody same = new CreateSnapshotBody().snapshot(snapshot);
    assertEquals(snapshot, read(MAPPER.writeValueAsBytes(same)));
  }

  private static Snapshot read(byte[] body) throws IOException {
    return SnapshotRules.check(
        Optional.ofNullable(
            BodyInterceptor.checked(body, in -> MAPPER.readValue(in, CreateSnapshotBody.class))));
  }
}
