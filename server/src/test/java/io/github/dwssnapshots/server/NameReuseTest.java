package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A name belongs to at most one snapshot of a project, also under concurrent requests. */
class NameReuseTest extends ServerTest {
  @Test
  void concurrentCreationsAndDeletionsKeepANameUnique() throws Exception {
    String name = freshName();
    Set<String> alive = ConcurrentHashMap.newKeySet();
    List<String> wrong = new ArrayList<>();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    List<Future<Integer>> rounds = new ArrayList<>();
    for (int c = 0; c < 16; c++) {
      rounds.add(clients.submit(() -> createAndDelete(name, alive, wrong)));
    }
    int created = 0;
    for (Future<Integer> round : rounds) {
      created += round.get();
    }
    clients.shutdownNow();
    assertEquals(List.of(), wrong);
    assertTrue(created >= 16, "each client succeeds once: " + created);
    assertEquals("200", outcome(post(body(name))), "the last snapshot is deleted");
  }

  /** Creates the name once, retrying while it is taken, then shows and deletes the snapshot. */
  private int createAndDelete(String name, Set<String> alive, List<String> wrong) throws Exception {
    for (int i = 0; i < 20_000; i++) {
      HttpResponse<String> answer = post(body(name));
      if (outcome(answer).equals("400 REF.1001")) {
        continue;
      }
      note(wrong, "200", outcome(answer));
      String id = json(answer).at("/snapshot/id").asText();
      alive.add(id);
      if (new HashSet<>(alive).size() > 1) {
        note(wrong, "one alive", alive.toString());
      }
      note(wrong, "200", outcome(get(id)));
      alive.remove(id);
      note(wrong, "202", outcome(delete(id)));
      note(wrong, "404 DWS.5149", outcome(delete(id)));
      return 1;
    }
    return 0;
  }

  private HttpResponse<String> delete(String id) {
    return send(request(SNAPSHOTS + "/" + id).DELETE());
  }

  private HttpResponse<String> get(String id) {
    return send(request(SNAPSHOTS + "/" + id).GET());
  }

  private static void note(List<String> wrong, String expected, String actual) {
    if (!expected.equals(actual)) {
      synchronized (wrong) {
        wrong.add(actual + " instead of " + expected);
      }
    }
  }
}
