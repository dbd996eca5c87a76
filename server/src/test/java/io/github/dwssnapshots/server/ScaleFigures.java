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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What reading costs at 1,000 and at 1,000,000 snapshots, in one run: two servers, asked in turn.
 * For a maintainer, by the command in {@code .github/figures.md}; the numbers of snapshots can be
 * given as arguments.
 */
public final class ScaleFigures {
  private static final String PROJECT = "/v1.0/" + DemoTenancy.PROJECT;
  private static final String PAGES =
      PROJECT + "/clusters/" + DemoTenancy.CLUSTER + "/snapshots?limit=100&offset=";
  private static final int ROUNDS = 30;

  private final HttpClient http = HttpClient.newHttpClient();

  private ScaleFigures() {}

  public static void main(String[] arguments) throws Exception {
    int few = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
    int many = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    System.setProperty("server.jar", "server/target/snapshots-server.jar");
    Path folder = Files.createTempDirectory(Path.of("server/target"), "scale");
    try {
      for (int snapshots : new int[] {few, many}) {
        LongListTest.fill(folder.resolve("data-" + snapshots), snapshots);
      }
      List<String> heap = List.of("JDK_JAVA_OPTIONS=-Xmx128m");
      try (ServerProcess small = server(folder, heap, few);
          ServerProcess large = server(folder, heap, many)) {
        new ScaleFigures().compare(small.uri(), large.uri());
      }
    } finally {
      delete(folder);
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static ServerProcess server(Path folder, List<String> heap, int snapshots)
      throws IOException {
    return ServerProcess.serving(folder, heap, "--data", "data-" + snapshots);
  }

  private void compare(URI few, URI many) throws Exception {
    print("medians of %d rounds, in ms%n", ROUNDS);
    print("%-34s %10s %10s %10s%n", "", "few", "many", "many/few");
    List<String> idsOfFew = ids(few);
    List<String> idsOfMany = ids(many);
    print("100 shows", few, many, at -> each(at, at.equals(few) ? idsOfFew : idsOfMany));
    // With few snapshots there are not 100 pages: the first ones, as often.
    for (String order : List.of("", "&sort_key=name", "&sort_key=size&sort_dir=asc")) {
      print(
          "100 pages of 100" + order, few, many, at -> pages(at, at.equals(few) ? 10 : 100, order));
      print(
          "the last of these pages" + order,
          few,
          many,
          at -> pages(at, List.of(at.equals(few) ? 9 : 99), order));
    }
    wholeList(many);
  }

  /** Something that is asked of a server. */
  private interface Asking {
    void of(URI server) throws Exception;
  }

  private static void print(String what, URI few, URI many, Asking asking) throws Exception {
    for (int i = 0; i < ROUNDS; i++) { // until the JIT has done with it
      asking.of(few);
      asking.of(many);
    }
    double[] ofFew = new double[ROUNDS];
    double[] ofMany = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      ofFew[i] = millis(asking, few);
      ofMany[i] = millis(asking, many);
    }
    Arrays.sort(ofFew);
    Arrays.sort(ofMany);
    double small = ofFew[ROUNDS / 2];
    double large = ofMany[ROUNDS / 2];
    print("%-34s %10.2f %10.2f %10.2f%n", what, small, large, large / small);
  }

  private static double millis(Asking asking, URI server) throws Exception {
    long began = System.nanoTime();
    asking.of(server);
    return (System.nanoTime() - began) / 1e6;
  }

  private void each(URI server, List<String> ids) throws Exception {
    for (String id : ids) {
      expect200(get(server, PROJECT + "/snapshots/" + id));
    }
  }

  private void pages(URI server, int most, String order) throws Exception {
    pages(server, IntStream.range(0, 100).map(i -> i % most).boxed().toList(), order);
  }

  private void pages(URI server, List<Integer> pages, String order) throws Exception {
    for (int page : pages) {
      expect200(get(server, PAGES + page + order));
    }
  }

  /** 100 ids from all over the list. */
  private List<String> ids(URI server) throws Exception {
    Matcher count = Pattern.compile("\"count\":(\\d+)}").matcher(get(server, PAGES + 0).body());
    if (!count.find()) {
      throw new IllegalStateException("no count");
    }
    int step = Integer.parseInt(count.group(1)) / 100;
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String path = PAGES.replace("limit=100", "limit=1") + i * step;
      Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(get(server, path).body());
      if (!id.find()) {
        throw new IllegalStateException("no id");
      }
      ids.add(id.group(1));
    }
    return ids;
  }

  private void wholeList(URI server) throws Exception {
    HttpRequest request = request(server, PROJECT + "/snapshots");
    for (int i = 0; i < 3; i++) {
      long began = System.nanoTime();
      long bytes = 0;
      try (InputStream body = http.send(request, BodyHandlers.ofInputStream()).body()) {
        byte[] piece = new byte[65536];
        for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
          bytes += read;
        }
      }
      print(
          "the whole list of many, with -Xmx128m: %d MB in %.1f s%n",
          bytes / 1_000_000, (System.nanoTime() - began) / 1e9);
    }
  }

  private HttpResponse<String> get(URI server, String path) throws Exception {
    return http.send(request(server, path), BodyHandlers.ofString());
  }

  private static HttpRequest request(URI server, String path) {
    return HttpRequest.newBuilder(URI.create(server + path))
        .header("X-Auth-Token", DemoTenancy.TOKEN)
        .build();
  }

  private static void expect200(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
  }

  static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
