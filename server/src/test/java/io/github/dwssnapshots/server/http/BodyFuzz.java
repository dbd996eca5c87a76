package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.jakarta.rs.json.JacksonJsonProvider;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.model.CreateSnapshotRequest;
import io.github.dwssnapshots.server.model.Snapshot;
import io.github.dwssnapshots.server.validation.SnapshotRules;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whatever bytes stand in the body of a creation: they are either a snapshot that keeps to the
 * rules, and that is the same when it is written and read once more, or a {@link Failure} of the
 * one code that the contract has for bodies, whose text can be shown.
 */
public final class BodyFuzz {
  private static final ObjectMapper MAPPER = Json.mapper();
  private static final JacksonJsonProvider JACKSON = new JacksonJsonProvider(MAPPER);

  private BodyFuzz() {}

  /** The fuzzer's entry, of the name and the kind that Jazzer looks for. */
  public static void fuzzerTestOneInput(byte[] body) throws IOException {
    Snapshot snapshot;
    try {
      snapshot = read(body);
    } catch (Failure failure) {
      assertEquals(ErrorCode.INVALID_REQUEST, failure.code());
      ShownText.of(failure);
      return;
    }
    CreateSnapshotRequest same = new CreateSnapshotRequest().snapshot(snapshot);
    assertEquals(snapshot, read(MAPPER.writeValueAsBytes(same)));
  }

  private static Snapshot read(byte[] body) throws IOException {
    Object read = new JsonBodyInterceptor().aroundReadFrom(context(body));
    return SnapshotRules.check(Optional.ofNullable((CreateSnapshotRequest) read));
  }

  /** As much of Jersey as the interceptor sees: the stream, and Jackson behind it. */
  private static ReaderInterceptorContext context(byte[] body) {
    AtomicReference<InputStream> stream = new AtomicReference<>(new ByteArrayInputStream(body));
    return (ReaderInterceptorContext)
        Proxy.newProxyInstance(
            BodyFuzz.class.getClassLoader(),
            new Class<?>[] {ReaderInterceptorContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getInputStream" -> stream.get();
                  case "setInputStream" -> stream.getAndSet((InputStream) arguments[0]);
                  case "proceed" -> jackson(stream.get());
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Object jackson(InputStream in) throws IOException {
    return JACKSON.readFrom(
        Object.class, // Jackson goes by the one that follows
        CreateSnapshotRequest.class,
        new Annotation[0],
        MediaType.APPLICATION_JSON_TYPE,
        new MultivaluedHashMap<>(),
        in);
  }
}
