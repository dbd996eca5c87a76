package io.github.dwssnapshots.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Measures the creation of snapshots by an empty server and by one with 1,000,000 snapshots, and
 * Grizzly with a constant response as the baseline. The three alternate in one run. See {@code
 * .github/figures.md} for the command.
 */
public final class SpeedFigures {
  private static final int[] CLIENTS = {1, 32, 2000};
  private static final int ROUNDS = 5;
  private static final Duration ROUND = Duration.ofSeconds(4);
  private static final Duration WARM_UP = Duration.ofSeconds(30);

  /** One of the servers, with its clients. */
  private record Contender(String name, ServerProcess server, ManyClients clients) {}

  private SpeedFigures() {}

  public static void main(String[] arguments) throws Exception {
    int many = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    System.setProperty("server.jar", "server/target/snapshots-server.jar");
    Path folder = Files.createTempDirectory(Path.of("server/target"), "speed");
    try {
      LongListTest.fill(folder.resolve("many"), many);
      try (ServerProcess alone = ServerProcess.of(folder, GrizzlyAlone.class);
          ServerProcess empty = started(folder, "empty");
          ServerProcess filled = started(folder, "many")) {
        compare(
            List.of(
                new Contender("Grizzly alone", alone, new ManyClients(alone.uri())),
                new Contender("ours, empty", empty, new ManyClients(empty.uri())),
                new Contender("ours, " + many, filled, new ManyClients(filled.uri()))));
      }
    } finally {
      StorageFigures.delete(folder);
    }
  }

  private static ServerProcess started(Path folder, String data) throws Exception {
    long began = System.nanoTime();
    ServerProcess server = ServerProcess.serving(folder, "--data", data);
    new ManyClients(server.uri()).ask(1, Duration.ofMillis(1));
    StorageFigures.print(
        "%s: first answer after %.2f s%n", data, (System.nanoTime() - began) / 1e9);
    return server;
  }

  private static void compare(List<Contender> all) throws IOException {
    for (Contender each : all) {
      each.clients().ask(32, WARM_UP);
    }
    StorageFigures.print(
        "%7s %-16s %9s %9s %8s %8s %8s %7s%n",
        "clients", "", "req/s", "to alone", "p50 ms", "p99 ms", "in step", "RSS MB");
    for (int clients : CLIENTS) {
      Map<String, List<ManyClients.Outcome>> outcomes = new TreeMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (Contender each : all) {
          outcomes
              .computeIfAbsent(each.name(), name -> new ArrayList<>())
              .add(each.clients().ask(clients, ROUND));
        }
      }
      double alone = perSecond(median(outcomes.get(all.get(0).name())));
      for (Contender each : all) {
        print(clients, each, median(outcomes.get(each.name())), alone);
      }
    }
  }

  private static ManyClients.Outcome median(List<ManyClients.Outcome> rounds) {
    return rounds.stream()
        .sorted(Comparator.comparingInt(outcome -> outcome.sortedNanos().size()))
        .toList()
        .get(ROUNDS / 2);
  }

  private static double perSecond(ManyClients.Outcome outcome) {
    return outcome.sortedNanos().size() / (double) ROUND.toSeconds();
  }

  private static void print(
      int clients, Contender contender, ManyClients.Outcome outcome, double alone)
      throws IOException {
    if (!outcome.statuses().equals(Set.of(200)) || outcome.ended() > 0) {
      throw new IllegalStateException(contender.name() + " failed: " + outcome);
    }
    List<Long> nanos = outcome.sortedNanos();
    double mean = nanos.stream().mapToLong(n -> n).average().orElseThrow() / 1e9;
    StorageFigures.print(
        "%7d %-16s %9.0f %9.2f %8.2f %8.2f %7.0f%% %7d%n",
        clients,
        contender.name(),
        perSecond(outcome),
        perSecond(outcome) / alone,
        nanos.get(nanos.size() / 2) / 1e6,
        outcome.p99Nanos() / 1e6,
        // Rate times latency equals the number of clients unless some of them hang.
        100 * perSecond(outcome) * mean / clients,
        contender.server().residentMegabytes());
  }
}
