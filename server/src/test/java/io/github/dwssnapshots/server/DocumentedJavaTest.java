package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.dwssnapshots.server.access.DemoTenancy;
import io.github.dwssnapshots.server.config.Settings;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The Java code in README.md and embedding.md compiles and runs. */
class DocumentedJavaTest {
  private static final String README = "README.md";
  private static final String EMBEDDING = ".github/embedding.md";
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");

  @TempDir Path folder;

  private static List<String> blocks(String document) throws IOException {
    return BLOCK
        .matcher(Files.readString(Path.of("..", document)))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static String block(String document, String className) throws IOException {
    return blocks(document).stream()
        .filter(block -> block.contains("class " + className + " {"))
        .findFirst()
        .orElseThrow();
  }

  private Path written(String className, String source) throws IOException {
    return Files.writeString(folder.resolve(className + ".java"), source);
  }

  @Test
  void clientOfTheReadmeCompletesItsSnapshot() throws Exception {
    try (SnapshotServer server = SnapshotServer.start(Settings.demo(folder.resolve("data")))) {
      String source = block(README, "Nightly").replace("http://127.0.0.1:8080", server.uri() + "");
      Process client =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  written("Nightly", source).toString())
              .redirectErrorStream(true)
              .start();
      String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, client.waitFor(), printed);
      assertTrue(printed.contains("status: AVAILABLE"), printed);
      assertTrue(printed.contains("clusterId: " + DemoTenancy.CLUSTER), printed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    README + ", MyAutomationTest",
    EMBEDDING + ", MyProjectTest",
    EMBEDDING + ", MyRetryTest"
  })
  void documentedTestPasses(String document, String className) throws Exception {
    Path source = written(className, block(document, className));
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, System.out, System.out, "-d", folder.toString(), source.toString());
    assertEquals(0, errors);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectClass(loader.loadClass(className)))
              .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
              .build();
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherFactory.create().execute(request, listener);
      TestExecutionSummary summary = listener.getSummary();
      assertEquals(List.of(), summary.getFailures());
      assertEquals(1, summary.getTestsSucceededCount());
    }
  }

  /** {@code .ci/run} compiles and runs the class of this block. */
  @Test
  void springBlockIsPartOfTheSpringBootTest() throws IOException {
    String application =
        Files.readString(Path.of("../.ci/spring-boot/src/test/java/app/AppTest.java"));
    String block =
        blocks(EMBEDDING).stream().filter(b -> b.contains("Registry")).findFirst().orElseThrow();
    for (String line : block.lines().map(String::strip).toList()) {
      assertTrue(application.contains(line), line);
    }
  }

  @Test
  void documentsHaveNoOtherBlocks() throws IOException {
    assertEquals(2, blocks(README).size());
    assertEquals(3, blocks(EMBEDDING).size());
  }
}
