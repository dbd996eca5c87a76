package io.github.dwssnapshots.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The runnable jar in its own process, as a user starts it. */
final class ServerProcess implements AutoCloseable {
  private static final String LISTENING = "Listening on ";
  private static final Path THIS_JDK = Path.of(System.getProperty("java.home"));
  private static final long TIMEOUT_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path errors;
  private URI uri = URI.create("http://not.yet.known");

  private ServerProcess(Process process, Path errors) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.errors = errors;
  }

  /** Starts the jar without waiting. The process gets only these environment variables. */
  static ServerProcess start(Path folder, List<String> environment, String... arguments)
      throws IOException {
    return run(THIS_JDK, folder, environment, ofJar(arguments));
  }

  /** Starts the jar with this JDK on a free port and waits until it serves. */
  static ServerProcess servingOn(Path jdk, Path folder) throws IOException {
    return awaited(run(jdk, folder, List.of(), ofJar("--listen", "127.0.0.1:0")));
  }

  private static List<String> ofJar(String... arguments) {
    List<String> ofJava = new ArrayList<>();
    Optional.ofNullable(System.getProperty("server.jvm"))
        .filter(option -> !option.isEmpty())
        .ifPresent(ofJava::add);
    ofJava.add("-jar");
    ofJava.add(
        Path.of(System.getProperty("server.jar", "target/snapshots-server.jar"))
            .toAbsolutePath()
            .toString());
    ofJava.addAll(List.of(arguments));
    return ofJava;
  }

  private static ServerProcess run(
      Path jdk, Path folder, List<String> environment, List<String> ofJava) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    command.addAll(ofJava);
    Path errors = Files.createTempFile(folder, "stderr", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().clear();
    environment.forEach(e -> builder.environment().put(e.split("=", 2)[0], e.split("=", 2)[1]));
    return new ServerProcess(builder.start(), errors);
  }

  /** Starts the jar on a free port and waits until it serves. */
  static ServerProcess serving(Path folder, String... arguments) throws IOException {
    return serving(folder, List.of(), arguments);
  }

  /** Starts the jar on a free port, with these environment variables, and waits. */
  static ServerProcess serving(Path folder, List<String> environment, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0"));
    all.addAll(List.of(arguments));
    return awaited(start(folder, environment, all.toArray(String[]::new)));
  }

  /** Starts a main class that prints the same first line, and waits for that line. */
  static ServerProcess of(Path folder, Class<?> main) throws IOException {
    return of(folder, main, path -> true);
  }

  /** Starts a main class with the selected part of the class path. */
  static ServerProcess of(Path folder, Class<?> main, Predicate<Path> classPath)
      throws IOException {
    String classes =
        Pattern.compile(File.pathSeparator)
            .splitAsStream(System.getProperty("java.class.path"))
            .map(path -> Path.of(path).toAbsolutePath())
            .filter(classPath)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return awaited(run(THIS_JDK, folder, List.of(), List.of("-cp", classes, main.getName())));
  }

  private static ServerProcess awaited(ServerProcess server) throws IOException {
    server.awaitServing();
    return server;
  }

  private void awaitServing() throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(LISTENING)) {
      throw new IOException("the server did not start: " + line + errors());
    }
    uri = URI.create(line.substring(LISTENING.length()));
  }

  URI uri() {
    return uri;
  }

  /** The output on stdout after the line with the address. Waits for the end of the process. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (int c = out.read(); c >= 0; c = out.read()) {
      rest.append((char) c);
    }
    return rest.toString();
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  long pid() {
    return process.pid();
  }

  /** The resident memory of the process. Linux only. */
  long residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  /** Sends SIGTERM. The output stays readable, unlike after {@link Process#destroy}. */
  void terminate() {
    if (!process.toHandle().destroy()) {
      throw new IllegalStateException("the process has ended");
    }
  }

  /** Sends SIGKILL and waits for the end of the process. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process is still running");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join(); // releases the lock on the data directory
  }
}
