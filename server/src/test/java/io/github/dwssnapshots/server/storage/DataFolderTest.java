package io.github.dwssnapshots.server.storage;

import static io.github.dwssnapshots.server.storage.StoreFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.storage.Database.Insertion;
import io.github.dwssnapshots.server.storage.StoreException.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The data directory of SQLite: its lock, its path, foreign files and a full disk. */
class DataFolderTest {
  @TempDir Path folder;

  private DataFolder open() throws IOException {
    return DataFolder.open(folder, Schema.SQLITE);
  }

  private static Insertion insertion(String name) {
    return new Insertion(UUID.randomUUID(), StoreFixture.snapshot("p", "c", name));
  }

  @Test
  void eachCommitIsSynced() throws Exception {
    try (DataFolder data = open();
        Session writer = new Session(data)) {
      data.insert(writer, List.of(insertion("name")));
      assertEquals(
          "2\n",
          writer.run(open -> StoreFixture.lines(open.connection(), "PRAGMA synchronous")),
          "FULL");
      assertEquals(
          "wal\n",
          writer.run(open -> StoreFixture.lines(open.connection(), "PRAGMA journal_mode")));
    }
  }

  @Test
  void directoryIsLockedByOneServer() throws IOException {
    DataFolder first = open();
    String message = assertThrows(IOException.class, this::open).getMessage();
    assertTrue(message.contains("another server uses the data directory"), message);
    assertThrows(IOException.class, this::open); // the failed attempt does not release the lock
    first.close();
    open().close();
  }

  @Test
  void pathOfAFileIsRejected() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String message =
        assertThrows(IOException.class, () -> DataFolder.open(file, Schema.SQLITE)).getMessage();
    assertTrue(message.endsWith("cannot be used: " + file + " is a file"), message);
  }

  @Test
  void danglingSymbolicLinkIsRejected() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("data"));
    for (Path path : List.of(link, link.resolve("below"))) {
      String message =
          assertThrows(IOException.class, () -> DataFolder.open(path, Schema.SQLITE)).getMessage();
      assertTrue(message.endsWith(link + " is a symbolic link without a target"), message);
    }
    Files.createDirectory(folder.resolve("data"));
    DataFolder.open(link, Schema.SQLITE).close();
    DataFolder.open(link.resolve("below"), Schema.SQLITE).close();
  }

  @Test
  void fileOfVersion1IsRejectedAndUnchanged() throws Exception {
    Path file = folder.resolve("snapshots.db");
    try (InputStream old = getClass().getResourceAsStream("/storage/written-by-1.0.0.db")) {
      Files.copy(old, file);
    }
    for (int i = 0; i < 2; i++) {
      String message = assertThrows(IOException.class, this::open).getMessage();
      assertTrue(message.contains("has tables of release 1.x"), message);
      assertTrue(message.endsWith("use another one, or delete it"), message);
      assertEquals(1, message.lines().count(), message);
    }
    assertEquals(4, new StoreFixture.InFolder(folder).number("SELECT count(*) FROM snapshots"));
  }

  @Test
  void fileThatIsNotADatabaseIsRejected() throws Exception {
    Files.writeString(folder.resolve("snapshots.db"), "a text and no database".repeat(50));
    String message = assertThrows(IOException.class, this::open).getMessage();
    assertTrue(message.contains("cannot be used: [SQLITE_NOTADB]"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void pathThatLooksLikeAUriIsUsedAsAPath() throws IOException {
    Path odd = Path.of("file:target", "odd"); // SQLite would read this as target/odd
    DataFolder.open(odd, Schema.SQLITE).close();
    for (Path made : List.of(odd.resolve("snapshots.db"), odd.resolve("lock.db"))) {
      Files.delete(made);
    }
    Files.delete(odd);
    Files.delete(odd.getParent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?b", "a#b", "a%20b", "a b", "a&b=c", "a:b"})
  void directoryNameCanHaveSpecialCharacters(String name) throws IOException {
    DataFolder.open(folder.resolve(name), Schema.SQLITE).close();
    assertTrue(Files.exists(folder.resolve(name).resolve("snapshots.db")));
    try (Stream<Path> made = Files.list(folder)) {
      assertEquals(List.of(folder.resolve(name)), made.toList());
    }
  }

  @Test
  void writeAheadLogStaysSmall() throws Exception {
    try (SnapshotStore store = SnapshotStore.inFolder(folder)) {
      for (int i = 0; i < 1500; i++) { // each writes several pages of 4 KiB
        get(store.create(StoreFixture.snapshot("p", "c", "name-" + i)));
        get(store.list("p").next());
      }
      long bytes = Files.size(folder.resolve("snapshots.db-wal"));
      assertTrue(
          bytes < 6 << 20, "the log has " + bytes + " bytes"); // a checkpoint every 1,000 pages
    }
  }

  @Test
  void fullDatabaseChangesNothingAndRecovers() throws Exception {
    try (DataFolder data = open();
        Session session = new Session(data)) {
      assertEquals(List.of(true), data.insert(session, List.of(insertion("before"))));
      session.run(open -> open.connection().createStatement().execute("PRAGMA max_page_count = 1"));
      List<Insertion> many = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        many.add(insertion("name-" + i));
      }
      StoreException full = assertThrows(StoreException.class, () -> data.insert(session, many));
      assertEquals(Outcome.NOTHING_CHANGED, full.outcome());
      assertEquals(1, new StoreFixture.InFolder(folder).number("SELECT count(*) FROM snapshots"));
      assertEquals(List.of(true), data.insert(session, List.of(insertion("name-0"))));
      assertEquals(2, new StoreFixture.InFolder(folder).number("SELECT count(*) FROM snapshots"));
    }
  }
}
