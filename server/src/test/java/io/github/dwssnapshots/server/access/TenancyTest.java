package io.github.dwssnapshots.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dwssnapshots.server.access.Tenancy.Cluster;
import io.github.dwssnapshots.server.access.Tenancy.Credential;
import io.github.dwssnapshots.server.access.Tenancy.Project;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tenancy created in code obeys the rules of the configuration file. */
class TenancyTest {
  private static final Credential CREDENTIAL = Credential.ofToken("a", "token", Set.of());

  private static String refusal(Project... projects) {
    return assertThrows(IllegalArgumentException.class, () -> Tenancy.of(List.of(projects)))
        .getMessage();
  }

  @Test
  void duplicateIdsAndTokensAreRejected() {
    Project project = new Project("p", List.of(), List.of());
    assertEquals("duplicate project id", refusal(project, project));
    List<Cluster> clusters = List.of(new Cluster("c", "one"), new Cluster("c", "other"));
    assertEquals(
        "duplicate cluster id in a project", refusal(new Project("p", clusters, List.of())));
    List<Credential> credentials = List.of(CREDENTIAL, Credential.ofToken("b", "token", Set.of()));
    assertEquals(
        "duplicate token or access key in a project",
        refusal(new Project("p", List.of(), credentials)));
  }

  @Test
  void accessKeyWithoutIdOrSecretKeyIsRejected() {
    for (String id : List.of("", "a/b", "a,b", "a b", "x".repeat(129))) {
      assertThrows(IllegalArgumentException.class, () -> new Tenancy.AccessKey(id, "secret"));
    }
    assertThrows(IllegalArgumentException.class, () -> new Tenancy.AccessKey("key", ""));
    String shown = Credential.ofAccessKey("a", "key", "secret-key", Set.of()).toString();
    assertFalse(shown.contains("secret-key"), shown);
  }

  @Test
  void accessKeyHasOneSecretKey() {
    List<Credential> one = List.of(Credential.ofAccessKey("a", "key", "one", Set.of()));
    List<Credential> two = List.of(Credential.ofAccessKey("a", "key", "two", Set.of()));
    assertEquals(
        "the access key key has two secret keys",
        refusal(new Project("p", List.of(), one), new Project("q", List.of(), two)));
  }

  @Test
  void digestIsCaseInsensitive() {
    String digest = ((Tenancy.Token) CREDENTIAL.secret()).sha256();
    assertEquals(
        CREDENTIAL,
        new Credential("a", new Tenancy.Token(digest.toUpperCase(Locale.ROOT)), Set.of()));
  }

  @Test
  void projectsCanShareClustersAndTokens() {
    List<Cluster> clusters = List.of(new Cluster("c", "name"));
    Tenancy tenancy =
        Tenancy.of(
            List.of(
                new Project("p", clusters, List.of(CREDENTIAL)),
                new Project("q", clusters, List.of(CREDENTIAL))));
    assertEquals(tenancy.cluster("p", "c"), tenancy.cluster("q", "c"));
  }
}
