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

/** Rules for packages and classes, each with its reason. */
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

  private static void check(ArchRule rule) {
    rule.check(HANDWRITTEN);
  }

  @Test
  void layersDependInOneDirection() {
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
            .layer("docs")
            .definedBy(BASE + ".docs")
            .layer("metrics")
            .definedBy(BASE + ".metrics")
            .layer("fault")
            .definedBy(BASE + ".fault")
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
            .mayOnlyBeAccessedByLayers("wiring", "config", "fault", "http", "resource")
            .whereLayer("docs")
            .mayOnlyBeAccessedByLayers("wiring", "http")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("wiring", "http")
            .whereLayer("fault")
            .mayOnlyBeAccessedByLayers("wiring", "config", "http")
            .whereLayer("resource")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("list")
            .mayOnlyBeAccessedByLayers("wiring", "http", "resource")
            .whereLayer("validation")
            .mayOnlyBeAccessedByLayers("resource")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("wiring", "http", "list", "resource")
            .because("a reader can follow a request from http to storage without turning back"));
  }

  @Test
  void packagesHaveNoCycles() {
    check(
        slices()
            .matching(BASE + ".(*)..")
            .should()
            .beFreeOfCycles()
            .because("packages in a cycle can only be understood and changed together"));
  }

  @Test
  void storageDependsOnNeitherHttpNorContract() {
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
                "com.fasterxml..")
            .because("another store or another interface must be able to replace it"));
  }

  @Test
  void onlyStorageUsesSql() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".storage")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql", "javax.sql", "org.sqlite..", "org.postgresql..")
            .because("only one package may know the tables"));
  }

  @Test
  void onlyHttpUsesGrizzly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".http")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.glassfish.grizzly..")
            .because("the HTTP server can then be replaced in one package"));
  }

  @Test
  void staticFieldsHoldNoState() {
    check(
        fields()
            .that()
            .areStatic()
            .should()
            .beFinal()
            .andShould()
            .notHaveRawType(resideInAPackage("java.util.concurrent.."))
            .because("several servers in one process must not share state"));
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
            .haveModifier(JavaModifier.FINAL)
            .because("no class of the server is designed for inheritance"));
  }

  @Test
  void requestCodeDoesNotBlock() {
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
            .callMethod(Thread.class, "sleep", long.class)
            .because("a blocked thread cannot serve other requests"));
  }

  @Test
  void onlyTheMainPackagePrints() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("the embedding application decides what is printed"));
  }

  @Test
  void textDoesNotDependOnTheLocale() {
    check(
        noClasses()
            .should()
            .callMethod(String.class, "formatted", Object[].class)
            .orShould()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(String.class, "toLowerCase")
            .orShould()
            .callMethod(String.class, "toUpperCase")
            .because(
                "the default locale changes digits and letters, for example in Arabic and Turkish"));
  }

  @Test
  void classNamesAreSpecific() {
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
            .haveSimpleNameEndingWith("Impl")
            .because("a name must say what its class is for"));
  }
}
