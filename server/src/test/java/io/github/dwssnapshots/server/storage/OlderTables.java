package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that creates a data directory and opens it again with a newer schema. */
public final class OlderTables {
  private OlderTables() {}

  public static void main(String[] arguments) throws IOException {
    DataFolder.open(Path.of("data"), Schema.SQLITE).close();
    try {
      String first = Schema.SQLITE.scripts().get(0);
      DataFolder.open(
          Path.of("data"), new Schema(Schema.SQLITE.folder(), List.of(first, "V2__none.sql")));
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }
}
