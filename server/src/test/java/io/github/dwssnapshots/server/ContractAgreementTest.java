package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.github.dwssnapshots.server.MutatedBodies.Body;
import io.github.dwssnapshots.server.RawPeer.Answer;
import io.github.dwssnapshots.server.config.Settings;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * What the server accepts is what the contract's schemas allow, by a validator of JSON Schema that
 * is not ours. {@code -Dagreement.seed=N} repeats a run, {@code -Dagreement.bodies=N} makes it
 * longer.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS) // some 30 s for 100,000 bodies
class ContractAgreementTest {
  private static final long SEED = Long.getLong("agreement.seed", System.nanoTime());
  private static final int BODIES = Integer.getInteger("agreement.bodies", 5_000);
  private static final int QUERIES = BODIES / 5;
  private static final int CLIENTS = 8;
  private static final int MOST_BYTES = 16 * 1024;

  /**
   * Where the schema alone does not say what the contract says, and the contract's words for it.
   */
  private static final Map<String, Predicate<JsonNode>> ONLY_IN_WORDS =
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

  /** The schema that stands at this place of the contract, with all that it refers to. */
  private Schema schema(String pointer) {
    ObjectNode schema = json.createObjectNode().put("$ref", "#" + pointer);
    schema.set("components", contract.get("components"));
    return schemas.getSchema(schema);
  }

  private interface Check {
    /** Empty where the two agree; otherwise what each of them says. */
    Optional<String> disagreement(RawPeer peer, int number) throws IOException;
  }

  /** Runs them through some connections at the same time, and tells the first that disagree. */
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
                    boolean open =
                        true; // the server closes the connection with some of its answers
                    while (open && number < checks) {
                      Optional<String> disagreement = check.disagreement(peer, number);
                      disagreement.ifPresent(disagreements::add);
                      open = !peer.willClose();
                      number = next.getAndIncrement();
                    }
                  } catch (Throwable e) { // a client that has died has not agreed
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
  void aboutBodies() throws Exception {
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
    assertTrue(verdicts.keySet().containsAll(ONLY_IN_WORDS.keySet()), verdicts::toString);
    assertTrue(verdicts.get("accepted") > BODIES / 10, verdicts::toString);
    assertTrue(verdicts.get("refused") > BODIES / 10, verdicts::toString);
  }

  private static String expected(Schema schema, Body body, Map<String, Integer> verdicts) {
    if (body.bytes().length() > MOST_BYTES) {
      return "too long";
    }
    if (body.tree().isEmpty() || !schema.validate(body.tree().get()).isEmpty()) {
      return "refused";
    }
    for (Map.Entry<String, Predicate<JsonNode>> words : ONLY_IN_WORDS.entrySet()) {
      if (words.getValue().test(body.tree().get())) {
        verdicts.merge(words.getKey(), 1, Integer::sum);
        return "refused";
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

  /** A name that is taken, and a cluster that there is not, are found after all rules are kept. */
  private static String verdict(Answer answer) {
    if (answer.status() == 200
        || answer.body().contains("\"REF.1001\"")
        || answer.body().contains("\"DWS.0047\"")) {
      return "accepted";
    }
    return answer.status() == 413
        ? "too long"
        : answer.body().contains("\"DWS.0001\"") ? "refused" : "odd: " + answer;
  }

  @Test
  void aboutQueries() throws Exception {
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
          StringBuilder query = new StringBuilder("?x=y");
          boolean allowed = true;
          for (JsonNode parameter : parameters) {
            int times = random.nextInt(12) == 0 ? 2 : random.nextInt(2); // twice is once too often
            allowed &= times < 2;
            for (int i = 0; i < times; i++) {
              String name = parameter.path("name").asText();
              String value = value(random, parameter);
              allowed &= isAllowed(parameter, rules.get(name), value);
              query.append('&').append(name).append('=').append(encoded(random, value));
            }
          }
          boolean expected = allowed;
          Answer answer = peer.send(list(query.toString())).answer();
          return verdict(answer).equals(expected ? "accepted" : "refused")
              ? Optional.empty()
              : Optional.of(query + ": allowed is " + expected + ", the server says " + answer);
        });
  }

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "2",
          "10",
          "100",
          "2147483646",
          "2147483647",
          "2147483648",
          "4294967296",
          "9223372036854775808",
          "99999999999999999999999999",
          "-1",
          "-2147483648",
          "-2147483649");

  private static final List<String> NO_NUMBERS =
      List.of(
          "", " ", "+1", "01", "-01", "00", "1.0", "1e3", "0x10", " 1", "1 ", "1,2", "1\n",
          "\u0661", "\uff11", "null", "true", "NaN", "1\u0000", "--1", "\u22121");

  private static String value(SplittableRandom random, JsonNode parameter) {
    boolean isNumber = parameter.at("/schema/type").asText().equals("integer");
    List<String> words =
        random.nextInt(3) > 0
            ? isNumber ? NUMBERS : List.of("started", "name", "asc", "desc")
            : random.nextInt(2) == 0
                ? NO_NUMBERS
                : List.of(
                    "Started", "NAME", "asc ", " desc", "asc,desc", "size", "started\u0000", "");
    return words.get(random.nextInt(words.size()));
  }

  /** Each byte that has to be, and some that need not be, as %XX. */
  private static String encoded(SplittableRandom random, String value) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b < 0x7f && "+%&=#<>\"[]\\^`{|}".indexOf(b) < 0;
      encoded.append(
          plain && random.nextInt(8) > 0
              ? Character.toString(b)
              : String.format(Locale.ROOT, "%%%02X", b));
    }
    return encoded.toString();
  }

  private static boolean isAllowed(JsonNode parameter, Schema rule, String value) {
    if (!parameter.at("/schema/type").asText().equals("integer")) {
      return rule.validate(JsonNodeFactory.instance.textNode(value)).isEmpty();
    }
    return value.matches("0|-?[1-9][0-9]*") // an integer as JSON has it, but for -0
        && rule.validate(JsonNodeFactory.instance.numberNode(new BigInteger(value))).isEmpty();
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
