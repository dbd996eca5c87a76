package io.github.dwssnapshots.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files without any of which something would be lost. Linux lets a file be written that has been
 * deleted; what is in it ends with the process. And another server could use the folder by then.
 */
final class KeptFiles {
  private final Map<Path, Optional<Object>> identities = new LinkedHashMap<>();

  /** These files, as they are now. */
  KeptFiles(List<Path> files) throws IOException {
    for (Path file : files) {
      identities.put(file, identity(file));
    }
  }

  /** Which one is not what it was, for people; empty where they all are. */
  Optional<String> lost() {
    for (Map.Entry<Path, Optional<Object>> each : identities.entrySet()) {
      try {
        if (!identity(each.getKey()).equals(each.getValue())) {
          return Optional.of(
              each.getKey() + " is another file than at the start; restart the server");
        }
      } catch (IOException e) {
        return Optional.of(each.getKey() + " is not there any more; restart the server");
      }
    }
    return Optional.empty();
  }

  /** Which file it is, whatever its name; empty where the system does not tell. */
  private static Optional<Object> identity(Path file) throws IOException {
    return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }
}
