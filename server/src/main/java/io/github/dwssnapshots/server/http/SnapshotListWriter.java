package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.list.SnapshotList;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/**
 * Writes nothing of a list: Jersey would keep its thread until the client has read the last byte.
 * {@link AnswerWriter} sends it once Jersey has done.
 */
public final class SnapshotListWriter implements MessageBodyWriter<SnapshotList> {
  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type == SnapshotList.class;
  }

  @Override
  public void writeTo(
      SnapshotList list,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> headers,
      OutputStream body) {
    // See above.
  }
}
