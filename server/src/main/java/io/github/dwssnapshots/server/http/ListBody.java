package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.dwssnapshots.server.list.SnapshotList;
import io.github.dwssnapshots.server.model.SnapshotDetail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A list as JSON, in pieces: each has the snapshots that were read at once, and is made once the
 * connection has taken the one before it.
 */
final class ListBody {
  private final SnapshotList list;
  private final ObjectWriter details;
  private final Taken bytes = new Taken();
  private final JsonGenerator json;

  ListBody(SnapshotList list, ObjectMapper mapper) {
    this.list = list;
    this.details =
        mapper
            .writerFor(SnapshotDetail.class)
            .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    try {
      this.json = mapper.createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next piece. */
  CompletionStage<byte[]> next() {
    return list.next().thenApply(this::piece);
  }

  /** Whether nothing follows the piece that was given last. */
  boolean hasEnded() {
    return list.hasEnded();
  }

  private byte[] piece(List<SnapshotDetail> snapshots) {
    try {
      if (json.getOutputContext().inRoot()) {
        json.writeStartObject();
        for (Map.Entry<String, String> member : list.members().entrySet()) {
          json.writeStringField(member.getKey(), member.getValue());
        }
        json.writeArrayFieldStart("snapshots");
      }
      for (SnapshotDetail snapshot : snapshots) {
        details.writeValue(json, snapshot);
      }
      if (list.hasEnded()) {
        json.writeEndArray();
        json.writeNumberField("count", list.count());
        json.writeEndObject();
      }
      json.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.take();
  }

  /** Gives away what has been written, and keeps no room for as much again. */
  private static final class Taken extends ByteArrayOutputStream {
    byte[] take() {
      byte[] written = toByteArray();
      buf = new byte[512];
      count = 0;
      return written;
    }
  }
}
