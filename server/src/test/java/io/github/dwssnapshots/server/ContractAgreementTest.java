package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.github.dwssnapshots.server.MutatedBodies.Body;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server accepts what the contract's schemas allow, according to a third-party validator of
 * JSON Schema. {@code -Dagreement.seed=N} repeats a run, {@code -Dagreement.bodies=N} sets the
 * number of bodies.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS) // the number of bodies is configurable
class ContractAgreementTest {
  private static final long SEED = Long.getLong("agreement.seed", System.nanoTime());
  private static final int BODIES = Integer.getInteger("agreement.bodies", 5_000);
  private static final int QUERIES = BODIES / 5;
  private static final int CLIENTS = 8;
  private static final int MAX_BYTES = 16 * 1024;

  /** Rules that the contract states in its descriptions, but not in a schema. */
  private static final Map<String, Predicate<JsonNode>> ONLY_IN_DESCRIPTIONS =
      Map.of(
          "description: no unpaired surrogates",
          body ->
              !StandardCharsets.UTF_8
                  .newEncoder()
                  .canEncode(body.at("/snapshot/description").asText()));

  private final JsonNode contract = Contract.read().root();
  private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(Dialects.getOpenApi30());
  private final ObjectMapper json = new ObjectMapper();
  private SnapshotServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    server = SnapshotServer.start(Settings.of(folder, ServerTest.tenancy()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** The schema at this JSON Pointer of the contract, with all that it refers to. */
  private Schema schema(String pointer) {
    ObjectNode schema = json.createObjectNode().put("$ref", "#" + pointer);
    schema.set("components", contract.get("components"));
    return schemas.getSchema(schema);
  }

  private interface Check {
    /** Empty if contract and server agree; otherwise what each of them says. */
    Optional<String> disagreement(RawPeer peer, int number) throws IOException;
  }

  /** Runs the checks over several connections and fails with the first disagreements. */
  private void check(int checks, Check check) throws Exception {
    System.out.println("ContractAgreementTest: " + checks + " with -Dagreement.seed=" + SEED);
    ConcurrentLinkedQueue<String> disagreements = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Thread client =
          new Thread(
              () -> {
                for (int number = next.getAndIncrement();
                    number < checks && disagreements.size() < 10; ) {
                  try (RawPeer peer = new RawPeer(server.uri())) {
                    boolean open = true;
                    while (open && number < checks) {
                      Optional<String> disagreement = check.disagreement(peer, number);
                      disagreement.ifPresent(disagreements::add);
                      open = !peer.willClose();
                      number = next.getAndIncrement();
                    }
                  } catch (Throwable e) { // a failed check counts as a disagreement
                    disagreements.add("number " + number + ": " + e);
                    number = next.getAndIncrement();
                  }
                }
              });
      clients.add(client);
      client.start();
    }
    for (Thread client : clients) {
      client.join();
    }
    assertTrue(disagreements.isEmpty(), () -> String.join("\n", disagreements));
  }

  @Test
  void serverAndContractAgreeOnBodies() throws Exception {
    Schema schema = schema("/components/schemas/CreateSnapshotBody");
    Map<String, Integer> verdicts = new ConcurrentHashMap<>();
    check(
        BODIES,
        (peer, number) -> {
          Body body = new MutatedBodies(SEED + number, ServerTest.CLUSTER).next();
          String expected = expected(schema, body, verdicts);
          verdicts.merge(expected, 1, Integer::sum);
          String found = verdict(peer.send(post(body)).answer());
          return expected.equals(found)
              ? Optional.empty()
              : Optional.of(
                  body.step()
                      + ": the contract says "
                      + expected
                      + ", the server "
                      + found
                      + ": "
                      + body.bytes());
        });
    System.out.println("ContractAgreementTest: " + verdicts);
    assertTrue(verdicts.keySet().containsAll(ONLY_IN_DESCRIPTIONS.keySet()), verdicts::toString);
    assertTrue(verdicts.get("accepted") > BODIES / 10, verdicts::toString);
    assertTrue(verdicts.get("rejected") > BODIES / 10, verdicts::toString);
  }

  private static String expected(Schema schema, Body body, Map<String, Integer> verdicts) {
    if (body.bytes().length() > MAX_BYTES) {
      return "too long";
    }
    if (body.tree().isEmpty() || !schema.validate(body.tree().get()).isEmpty()) {
      return "rejected";
    }
    for (Map.Entry<String, Predicate<JsonNode>> words : ONLY_IN_DESCRIPTIONS.entrySet()) {
      if (words.getValue().test(body.tree().get())) {
        verdicts.merge(words.getKey(), 1, Integer::sum);
        return "rejected";
      }
    }
    return "accepted";
  }

  private static String post(Body body) {
    return "POST "
        + ServerTest.SNAPSHOTS
        + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: "
        + ServerTest.TOKEN
        + "\r\nContent-Length: "
        + body.bytes().length()
        + "\r\n\r\n"
        + body.bytes();
  }

  /** A taken name or an unknown cluster is found only after all rules are satisfied. */
  private static String verdict(Answer answer) {
    if (answer.status() == 200
        || answer.body().contains("\"REF.1001\"")
        || answer.body().contains("\"DWS.0047\"")) {
      return "accepted";
    }
    return answer.status() == 413
        ? "too long"
        : answer.body().contains("\"DWS.0001\"") ? "rejected" : "unexpected: " + answer;
  }

  @Test
  void serverAndContractAgreeOnQueries() throws Exception {
    String pointer =
        "/paths/~1v1.0~1{project_id}~1clusters~1{cluster_id}~1snapshots/get/parameters";
    List<JsonNode> parameters = new ArrayList<>();
    for (JsonNode each : contract.at(pointer)) {
      parameters.add(contract.at(each.path("$ref").asText().substring(1)));
    }
    parameters.removeIf(parameter -> !parameter.path("in").asText().equals("query"));
    assertEquals(4, parameters.size());
    Map<String, Schema> rules = new ConcurrentHashMap<>();
    contract
        .at("/components/parameters")
        .properties()
        .forEach(
            each ->
                rules.put(
                    each.getValue().path("name").asText(),
                    schema("/components/parameters/" + each.getKey() + "/schema")));
    check(
        QUERIES,
        (peer, number) -> {
          SplittableRandom random = new SplittableRandom(SEED + number);
          MutatedQueries queries = new MutatedQueries(random);
          StringBuilder query = new StringBuilder("?x=y");
          boolean allowed = true;
          for (JsonNode parameter : parameters) {
            int times = random.nextInt(12) == 0 ? 2 : random.nextInt(2); // twice is invalid
            allowed &= times < 2;
            for (int i = 0; i < times; i++) {
              String name = parameter.path("name").asText();
              String value = queries.value(parameter);
              allowed &= MutatedQueries.isAllowed(parameter, rules.get(name), value);
              query.append('&').append(name).append('=').append(queries.encoded(value));
            }
          }
          boolean expected = allowed;
          Answer answer = peer.send(list(query.toString())).answer();
          return verdict(answer).equals(expected ? "accepted" : "rejected")
              ? Optional.empty()
              : Optional.of(query + ": allowed is " + expected + ", the server says " + answer);
        });
  }

  private static String list(String query) {
    return "GET /v1.0/"
        + ServerTest.PROJECT
        + "/clusters/"
        + ServerTest.SECOND_CLUSTER
        + "/snapshots"
        + query
        + " HTTP/1.1\r\nHost: x\r\nX-Auth-Token: "
        + ServerTest.TOKEN
        + "\r\n\r\n";
  }
}
