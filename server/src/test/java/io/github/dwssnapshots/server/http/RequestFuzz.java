package io.github.dwssnapshots.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.error.Failure;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Whatever bytes a connection brings: each request is either whole, or a {@link Failure} whose text
 * can be shown, or not all there yet. Into which pieces the network cuts the bytes makes no
 * difference.
 */
public final class RequestFuzz {
  private RequestFuzz() {}

  /** The fuzzer's entry, of the name and the kind that Jazzer looks for. */
  public static void fuzzerTestOneInput(byte[] sent) {
    String whole = outcome(sent, sent.length);
    assertEquals(whole, outcome(sent, 1), "byte for byte");
    assertEquals(whole, outcome(sent, 7), "in pieces of 7");
  }

  /** Everything that the bytes lead to, request after request, as one text. */
  private static String outcome(byte[] sent, int pieceSize) {
    StringBuilder told = new StringBuilder();
    RequestReader reader = new RequestReader();
    try {
      for (int from = 0; from < sent.length; from += pieceSize) {
        ByteBuffer piece = ByteBuffer.wrap(sent, from, Math.min(pieceSize, sent.length - from));
        while (reader.read(piece)) {
          told.append(checked(reader)).append("\n\n");
          reader = new RequestReader();
        }
        assertTrue(!piece.hasRemaining(), "a piece is neither taken nor refused");
      }
      told.append(reader.isEmpty()).append(reader.awaitsContinue());
    } catch (Failure failure) {
      told.append(ShownText.of(failure));
    }
    return told.append(reader.isHeadRequest()).toString();
  }

  private static String checked(RequestReader reader) {
    URI.create("http://localhost" + reader.head().target()); // as RequestHandler does with it
    return reader.head() + new String(reader.body(), StandardCharsets.ISO_8859_1);
  }
}
