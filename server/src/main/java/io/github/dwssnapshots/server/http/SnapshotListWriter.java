package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.dwssnapshots.server.list.SnapshotList;
import io.github.dwssnapshots.server.model.SnapshotDetail;
import jakarta.inject.Provider;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Map;
import org.glassfish.grizzly.http.server.Request;

/**
 * Writes a list while it is read from the database. Blocks until the client reads, up to the write
 * timeout, on a thread of {@link io.github.dwssnapshots.server.list.SendingThreads}.
 */
public final class SnapshotListWriter implements MessageBodyWriter<SnapshotList> {
  private static final System.Logger LOG = System.getLogger(SnapshotListWriter.class.getName());

  private final ObjectMapper mapper;
  private final ObjectWriter details;

  @Context private Provider<Request> request;

  public SnapshotListWriter(ObjectMapper mapper) {
    this.mapper = mapper;
    this.details =
        mapper
            .writerFor(SnapshotDetail.class)
            .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
  }

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
    try {
      write(list, body);
    } catch (Throwable e) {
      abort(e); // not thrown: Jersey would log a stack trace for each disconnect
    }
  }

  private void write(SnapshotList list, OutputStream body) throws IOException {
    JsonGenerator json = mapper.createGenerator(body);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    json.writeStartObject();
    for (Map.Entry<String, String> property : list.properties().entrySet()) {
      json.writeStringField(property.getKey(), property.getValue());
    }
    json.writeArrayFieldStart("snapshots");
    boolean isLong = false;
    for (; !list.hasEnded(); isLong = true) {
      for (SnapshotDetail snapshot : list.next().toCompletableFuture().join()) {
        details.writeValue(json, snapshot);
      }
    }
    json.writeEndArray();
    json.writeNumberField("count", list.count());
    json.writeEndObject();
    json.close();
    if (isLong) {
      body.flush(); // here, where a write timeout is handled
    }
  }

  /**
   * Resets the connection. Jersey would end the body normally (jersey #3850), and the client would
   * take the list for complete.
   */
  private void abort(Throwable reason) {
    LOG.log(
        System.Logger.Level.WARNING,
        () ->
            "list aborted in request "
                + request.get().getAttribute(RequestLog.ID)
                + ": "
                + reason.getMessage());
    Connections.reset(request.get().getContext().getConnection());
  }
}
