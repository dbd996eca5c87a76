package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.access.DemoTenancy;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares the storage of this build with that of another build: with 1,000 and 1,000,000 snapshots
 * on SQLite, and on PostgreSQL. The builds alternate in one run. See {@code .github/figures.md} for
 * the command. Linux only: reads the writer's CPU time from {@code /proc}.
 */
public final class StorageFigures {
  private static final String PROJECT = "/v1.0/" + DemoTenancy.PROJECT;
  private static final String PAGE =
      PROJECT + "/clusters/" + DemoTenancy.CLUSTER + "/snapshots?limit=100&sort_key=";
  private static final int ROUNDS = 5;

  /** Warm-up rounds for the JIT, which are not counted. */
  private static final int WARM_UP = 2;

  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final long READ_NANOS = Duration.ofSeconds(2).toNanos();

  /** A running server of one of the builds. */
  private record Side(ServerProcess server, ManyClients clients) {
    static Side start(Path folder, Path jar, String... options) throws IOException {
      System.setProperty("server.jar", jar.toString());
      ServerProcess server = ServerProcess.serving(folder, options);
      return new Side(server, new ManyClients(server.uri()));
    }
  }

  private interface Measure {
    /** Measures one round, in the unit of its row. */
    double of(Side side) throws Exception;
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final List<Path> jars;

  private StorageFigures(Path folder, List<Path> jars) {
    this.folder = folder;
    this.jars = jars;
  }

  public static void main(String[] arguments) throws Exception {
    List<Path> jars = List.of(Path.of(arguments[0]), Path.of("server/target/snapshots-server.jar"));
    List<Integer> sizes =
        arguments.length > 1
            ? Stream.of(arguments).skip(1).map(Integer::valueOf).toList()
            : List.of(1000, 1_000_000);
    Path folder = Files.createTempDirectory(Path.of("server/target"), "storage");
    try {
      StorageFigures figures = new StorageFigures(folder, jars);
      print(
          "| snapshots | | other build | this build | ratio |%n| --- | --- | --- | --- | --- |%n");
      for (int snapshots : sizes) {
        figures.compareOnSqlite(snapshots);
      }
      figures.compareOnPostgreSql();
    } finally {
      delete(folder);
    }
  }

  private void compareOnSqlite(int snapshots) throws Exception {
    double[] kilobytes = new double[2];
    for (int i = 0; i < 2; i++) {
      String data = "data-" + snapshots + "-" + i;
      Side side = Side.start(folder, jars.get(i), "--data", data);
      side.clients().create(32, snapshots);
      side.server().terminate();
      side.server().exitCode();
      kilobytes[i] = Files.size(folder.resolve(data + "/snapshots.db")) / 1e3 / snapshots * 1000;
    }
    row(snapshots, "file, KB for 1,000 snapshots", kilobytes[0], kilobytes[1]);
    List<Side> sides = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      sides.add(Side.start(folder, jars.get(i), "--data", "data-" + snapshots + "-" + i));
    }
    compare(snapshots, "show, µs", sides, reading(PROJECT + "/snapshots/ID", 1e3));
    compare(snapshots, "first page by `started`, µs", sides, reading(PAGE + "started", 1e3));
    compare(snapshots, "first page by `name`, µs", sides, reading(PAGE + "name", 1e3));
    compare(snapshots, "whole list, µs a snapshot", sides, this::wholeList);
    compareCreation(snapshots, sides);
    sides.forEach(side -> side.server().close());
  }

  private void compareOnPostgreSql() throws Exception {
    try (Postgres postgres = new Postgres(folder.toAbsolutePath().resolve("postgres"))) {
      List<Side> sides = new ArrayList<>();
      for (Path jar : jars) {
        String url = postgres.url(postgres.freshDatabase());
        Side side = Side.start(folder, jar, "--database", url);
        sides.add(side);
      }
      print("| on PostgreSQL | | | | |%n");
      compareCreation(0, sides);
      sides.forEach(side -> side.server().close());
    }
  }

  private void compareCreation(int snapshots, List<Side> sides) throws Exception {
    compare(snapshots, "creations a second, 1 client", sides, creating(1));
    compare(snapshots, "creations a second, 32 clients", sides, creating(32));
    compare(snapshots, "creations a second, 256 clients", sides, creating(256));
    compare(
        snapshots,
        "writer's CPU, µs a creation, 32 clients",
        sides,
        side -> {
          long before = writerNanos(side.server());
          int created = side.clients().ask(32, ROUND).sortedNanos().size();
          return (writerNanos(side.server()) - before) / 1e3 / created;
        });
  }

  /** Measures the builds alternately and prints the medians. */
  private static void compare(int snapshots, String what, List<Side> sides, Measure measure)
      throws Exception {
    double[][] values = new double[2][ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (int i = 0; i < 2; i++) {
        double value = measure.of(sides.get(i));
        if (round >= 0) {
          values[i][round] = value;
        }
      }
    }
    for (double[] side : values) {
      Arrays.sort(side);
    }
    row(snapshots, what, values[0][ROUNDS / 2], values[1][ROUNDS / 2]);
  }

  private static Measure creating(int clients) {
    return side ->
        side.clients().ask(clients, ROUND).sortedNanos().size() / (double) ROUND.toSeconds();
  }

  /** The mean duration of a GET, measured for two seconds. */
  private Measure reading(String path, double nanosOfUnit) {
    return side -> {
      String url = side.server().uri() + path.replace("ID", newestId(side));
      int times = 0;
      long start = System.nanoTime();
      for (long now = start; now - start < READ_NANOS || times < 3; now = System.nanoTime()) {
        if (get(url).statusCode() != 200) {
          throw new IllegalStateException(url);
        }
        times++;
      }
      return (System.nanoTime() - start) / nanosOfUnit / times;
    };
  }

  private String newestId(Side side) throws Exception {
    String page = get(side.server().uri() + PAGE.replace("=100", "=1") + "started").body();
    Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(page);
    if (!id.find()) {
      throw new IllegalStateException(page);
    }
    return id.group(1);
  }

  private double wholeList(Side side) throws Exception {
    long start = System.nanoTime();
    long snapshots = 0;
    try (InputStream body =
        http.send(
                request(side.server().uri() + PROJECT + "/snapshots"), BodyHandlers.ofInputStream())
            .body()) {
      byte[] piece = new byte[65536];
      for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
        for (int i = 0; i < read; i++) {
          snapshots += piece[i] == '{' ? 1 : 0;
        }
      }
    }
    return (System.nanoTime() - start) / 1e3 / snapshots;
  }

  private HttpResponse<String> get(String url) throws Exception {
    return http.send(request(url), BodyHandlers.ofString());
  }

  private static HttpRequest request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("X-Auth-Token", DemoTenancy.TOKEN)
        .build();
  }

  /** The CPU time of the writer threads. */
  private static long writerNanos(ServerProcess server) throws IOException {
    long nanos = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("comm")).startsWith("snapshot-writ")) {
          nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
        }
      }
    }
    return nanos;
  }

  private static void row(int snapshots, String what, double other, double ours) {
    print(
        "| %s | %s | %.1f | %.1f | %.2f |%n",
        snapshots == 0 ? "" : String.format(Locale.ROOT, "%,d", snapshots),
        what,
        other,
        ours,
        ours / other);
  }

  /** Deletes a directory with its files. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
