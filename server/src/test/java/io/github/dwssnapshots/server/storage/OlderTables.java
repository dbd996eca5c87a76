package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that creates a data directory of version 1 and opens it again with the current schema.
 */
public final class OlderTables {
  private OlderTables() {}

  public static void main(String[] arguments) throws IOException {
    List<String> first = Schema.SQLITE.scripts().subList(0, 1);
    DataFolder.open(Path.of("data"), new Schema(Schema.SQLITE.folder(), first)).close();
    try {
      DataFolder.open(Path.of("data"), Schema.SQLITE);
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }
}
