package io.github.dwssnapshots.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The rules that keep the server readable in one sitting, each with its reason. */
class ArchitectureTest {
  private static final String BASE = "io.github.dwssnapshots.server";

  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  private static final JavaClasses HANDWRITTEN =
      SERVER.that(
          com.tngtech.archunit.base.DescribedPredicate.describe(
              "handwritten",
              c ->
                  !c.getPackageName().equals(BASE + ".api")
                      && !c.getPackageName().equals(BASE + ".model")));

  private static void check(ArchRule rule, String because) {
    rule.because(because).check(HANDWRITTEN);
  }

  @Test
  void aRequestGoesOneWay() {
    check(
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("wiring")
            .definedBy(BASE)
            .layer("config")
            .definedBy(BASE + ".config")
            .layer("http")
            .definedBy(BASE + ".http")
            .layer("access")
            .definedBy(BASE + ".access")
            .layer("resource")
            .definedBy(BASE + ".resource")
            .layer("list")
            .definedBy(BASE + ".list")
            .layer("validation")
            .definedBy(BASE + ".validation")
            .layer("storage")
            .definedBy(BASE + ".storage")
            .layer("error")
            .definedBy(BASE + ".error")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("access")
            .mayOnlyBeAccessedByLayers("wiring", "config", "resource")
            .whereLayer("resource")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("list")
            .mayOnlyBeAccessedByLayers("wiring", "http", "resource")
            .whereLayer("validation")
            .mayOnlyBeAccessedByLayers("resource")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("wiring", "http", "list", "resource"),
        "a newcomer follows a request from http to storage without turning back");
  }

  @Test
  void thereAreNoCycles() {
    check(
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles(),
        "what depends on each other can only be understood together");
  }

  @Test
  void storageKnowsNeitherHttpNorTheContract() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + ".storage")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                BASE + ".api",
                BASE + ".model",
                BASE + ".error",
                "jakarta..",
                "org.glassfish..",
                "com.fasterxml.."),
        "another store, or another interface, must be able to take its place");
  }

  @Test
  void sqlIsSpokenOnlyInStorage() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".storage")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql", "javax.sql", "org.sqlite..", "org.postgresql.."),
        "one place knows the tables");
  }

  @Test
  void grizzlyIsSeenOnlyInHttp() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".http")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.glassfish.grizzly.."),
        "one place knows the HTTP server, so that it can be replaced");
  }

  @Test
  void staticsHoldNoState() {
    check(
        fields()
            .that()
            .areStatic()
            .should()
            .beFinal()
            .andShould()
            .notHaveRawType(resideInAPackage("java.util.concurrent..")),
        "two servers in one process must not know of each other");
  }

  @Test
  void classesAreFinal() {
    check(
        classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotAnonymousClasses()
            .should()
            .haveModifier(JavaModifier.FINAL),
        "nothing here is made to be extended");
  }

  @Test
  void nobodyWaitsWhileServing() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                BASE + ".access", BASE + ".list", BASE + ".resource", BASE + ".validation")
            .should()
            .callMethod(java.util.concurrent.CompletableFuture.class, "join")
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "get")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class),
        "a thread that waits is a request that is not served");
  }

  @Test
  void nothingIsPrintedButByMain() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"),
        "whoever embeds the server decides what is printed");
  }

  @Test
  void textIsTheSameInEachLanguageOfThePlatform() {
    check(
        noClasses()
            .should()
            .callMethod(String.class, "formatted", Object[].class)
            .orShould()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(String.class, "toLowerCase")
            .orShould()
            .callMethod(String.class, "toUpperCase"),
        "an Arabic locale has other digits, a Turkish one another i");
  }

  @Test
  void noneIsCalledAfterWhatItIsNotAbout() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl"),
        "a name says what a class is for");
  }
}
