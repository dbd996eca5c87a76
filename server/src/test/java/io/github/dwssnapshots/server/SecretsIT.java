package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server neither shows nor stores secrets, in any part of a request. Method and path are
 * excluded: the log contains them by design.
 */
@Order(1) // waits longest
class SecretsIT {
  /** The part of each secret that occurs in no other text. */
  private static final String MARK = "Zq7vKx2Lw9Tb4Rn8Hd";

  private static final String TOKEN = MARK + "-token";
  private static final String SIGNER = "SIGNER=" + MARK + "-secret-key";
  private static final String PATH = "/v1.0/p/snapshots";
  private static final String AUTH = "Host: x\r\nX-Auth-Token: " + TOKEN + "\r\n";
  private static final String POST = "POST " + PATH + " HTTP/1.1\r\n" + AUTH;
  private static final String LIST = "/v1.0/p/clusters/c/snapshots";

  private record Sending(int status, String request) {}

  @TempDir Path folder;

  private final List<String> answers = new ArrayList<>();

  private static String with(String body) {
    return POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String body(String name, String more) {
    return "{\"snapshot\":{\"name\":\"%s\",\"cluster_id\":\"c\"%s}}".formatted(name, more);
  }

  private static String get(String target, String headers) {
    return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
  }

  /** Requests whose responses must not quote the secret. */
  private static List<Sending> unquoted() {
    String valid = with(body("abcd", ""));
    String tooLong = MARK + "x".repeat(66_000);
    return List.of(
        new Sending(200, valid),
        new Sending(400, valid), // taken name
        new Sending(200, get(PATH + "?token=" + TOKEN, AUTH + "Cookie: token=" + TOKEN + "\r\n")),
        new Sending(200, get(LIST + "?x=" + MARK, AUTH + "Authorization: " + TOKEN + "\r\n")),
        // Invalid requests
        new Sending(400, with("{}")),
        new Sending(400, with(MARK)),
        new Sending(400, with("\"" + MARK + "\"")),
        new Sending(400, with(body(MARK, "").substring(0, 30))),
        new Sending(400, with(body("abcd", "") + MARK)),
        new Sending(400, with("{\"snapshot\":\"" + MARK + "\"}")),
        new Sending(400, with(body("abcd", ",\"token\":\"" + TOKEN + "\""))),
        new Sending(400, with(body("abcd", ",\"description\":[\"" + MARK + "\"]"))),
        new Sending(400, with(body("abcd", ",\"name\":\"" + MARK + "\""))),
        new Sending(400, with(body("abcd", ",\"description\":\"" + MARK + "\u00ff\""))),
        new Sending(400, get(LIST + "?limit=x&token=" + MARK, AUTH)),
        // Missing authentication or permission
        new Sending(401, valid.replace(TOKEN, TOKEN + "x")),
        new Sending(401, valid.replace(TOKEN, MARK)),
        new Sending(401, valid.replace(AUTH, AUTH + "X-Auth-Token: " + TOKEN + "\r\n")),
        new Sending(401, valid.replace("X-Auth-Token", "Authorization")),
        new Sending(
            401,
            valid.replace(
                "X-Auth-Token: " + TOKEN,
                "Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=" + MARK)),
        new Sending(
            401, valid.replace(AUTH, AUTH + "Authorization: SDK-HMAC-SHA256 " + MARK + "\r\n")),
        new Sending(401, valid.replace("X-Auth-Token", "Cookie")),
        new Sending(401, valid.replace("X-Auth-Token", "X-Auth-Tokens")),
        new Sending(401, get(PATH + "?X-Auth-Token=" + TOKEN, "Host: x\r\n")),
        new Sending(401, with(TOKEN).replace("X-Auth-Token: " + TOKEN, "X-Other: x")),
        new Sending(403, valid.replace("/p/", "/another/")),
        // Missing resources, methods and media types
        new Sending(404, get(PATH + "/none", AUTH)),
        new Sending(404, get("/none?token=" + TOKEN, AUTH)),
        new Sending(405, valid.replace("POST", "PUT")),
        new Sending(406, get(PATH, AUTH + "Accept: text/html\r\n")),
        new Sending(415, valid.replace(AUTH, AUTH + "Content-Type: text/plain\r\n")),
        new Sending(501, valid.replace("POST", "BREW")),
        // Exceeded limits
        new Sending(413, POST + "Content-Length: 99999\r\n\r\n" + body(MARK, "")),
        new Sending(414, "GET /?" + tooLong),
        new Sending(431, POST + "A: " + tooLong),
        new Sending(431, POST.replace(TOKEN, tooLong)),
        new Sending(431, POST + ("A: " + MARK + "\r\n").repeat(101) + "\r\n"),
        // Malformed HTTP
        new Sending(400, POST + "X-Auth-Token " + TOKEN + "\r\n\r\n"),
        new Sending(400, POST + "A: b\r\n " + MARK + "\r\n\r\n"),
        new Sending(400, POST.replace(TOKEN, TOKEN + "\u0001") + "\r\n"),
        new Sending(400, POST + "Transfer-Encoding: chunked\r\n\r\n1;" + MARK + "\n"),
        new Sending(400, get(PATH, AUTH + "Host: " + MARK + "\r\n")),
        new Sending(505, valid.replace("HTTP/1.1", "HTTP/3.0")));
  }

  /** Requests whose responses quote the invalid value, as the contract says. */
  private static List<Sending> quoted() {
    return List.of(
        new Sending(400, MARK + "\r\n\r\n"),
        new Sending(400, get("http://" + TOKEN + "@x" + PATH, AUTH)),
        new Sending(400, get(PATH + "?token=|" + MARK, AUTH)),
        new Sending(400, get(PATH, "Host: |" + MARK + "\r\n")),
        new Sending(400, get(PATH, AUTH + MARK + " : x\r\n")),
        new Sending(400, POST + "Content-Length: " + MARK + "\r\n\r\n"),
        new Sending(400, POST + "Transfer-Encoding: chunked\r\n\r\n" + MARK + "\r\n"),
        new Sending(400, with("{\"" + MARK + "\":1}")),
        new Sending(400, with(body("!" + MARK, ""))),
        new Sending(400, get(LIST + "?limit=" + MARK, AUTH)),
        new Sending(404, with(body("efgh", "").replace("\"c\"", "\"" + MARK + "\""))),
        new Sending(406, get(PATH, AUTH + "Accept: " + MARK + "\r\n")),
        new Sending(415, with("{}").replace(AUTH, AUTH + "Content-Type: " + MARK + "\r\n")),
        new Sending(417, POST + "Expect: " + MARK + "\r\n\r\n"),
        new Sending(501, POST + "Transfer-Encoding: " + MARK + ", chunked\r\n\r\n"));
  }

  private static String answer(ServerProcess server, Sending sending) throws IOException {
    try (RawPeer peer = new RawPeer(server.uri())) {
      RawPeer.Answer answer = peer.send(sending.request()).answer();
      assertEquals(sending.status(), answer.status(), () -> sending + " " + answer);
      return answer.toString();
    }
  }

  private String[] configured(String... more) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        folder.resolve("tenancy.yaml"),
        """
        projects:
          - id: p
            clusters: [ { id: c, name: c } ]
            credentials:
              - name: ci
                token_sha256: "%s"
                actions:
                  [ "dws:openAPISnapshot:create", "dws:openAPISnapshot:list", "dws:openAPISnapshot:detail" ]
              - { name: signer, access_key: AK, secret_key_env: SIGNER }
        """
            .formatted(HexFormat.of().formatHex(digest)));
    return Stream.concat(Stream.of("--config", "tenancy.yaml"), Stream.of(more))
        .toArray(String[]::new);
  }

  @Test
  void secretsAreInNoOutputOrFile() throws Exception {
    try (ServerProcess server =
        ServerProcess.serving(folder, List.of(SIGNER), configured("--data", "data"))) {
      for (Sending sending : unquoted()) {
        answers.add(answer(server, sending));
      }
      for (Sending sending : quoted()) {
        answer(server, sending);
      }
      for (String cutOff : List.of("GET /?" + MARK, POST, with(body(MARK, "")).replace("}}", ""))) {
        new RawPeer(server.uri()).send(cutOff).reset();
        try (RawPeer peer = new RawPeer(server.uri())) {
          peer.send(cutOff);
        }
      }
      String slow = with(body(MARK, "")).replace("}}", "");
      answers.add(answer(server, new Sending(408, slow)));
      stopAndSearch(server);
      assertTrue(Files.size(folder.resolve("data/snapshots.db")) > 0, "the database file is empty");
    }
  }

  @Test
  void secretsAreInNoOutputOrFileDuringAnOutage() throws Exception {
    try (Postgres postgres = new Postgres(folder.resolve("postgres"));
        ServerProcess server =
            ServerProcess.serving(
                folder,
                List.of("PGUSER=postgres", "PGPASSWORD=" + MARK + "-password", SIGNER),
                configured(
                    "--database",
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres"))) {
      answers.add(answer(server, new Sending(200, with(body("abcd", "")))));
      answers.add(answer(server, new Sending(400, with(body("abcd", "")))));
      postgres.stop();
      String described = body("efgh", ",\"description\":\"" + MARK + "\"");
      for (String request :
          List.of(with(described), get(PATH, AUTH), get(LIST + "?token=" + TOKEN, AUTH))) {
        answers.add(answer(server, new Sending(503, request)));
      }
      stopAndSearch(server);
    }
  }

  private void stopAndSearch(ServerProcess server) throws Exception {
    server.terminate();
    search("stdout", server.rest());
    assertEquals(143, server.exitCode());
    assertTrue(server.errors().contains("INFO POST " + PATH + " 200 "), server.errors());
    answers.forEach(answer -> search("the answer " + answer, answer));
    try (Stream<Path> files = Files.walk(folder)) { // stderr is written to one of them
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        search(file.toString(), file.toString());
        search(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static void search(String where, String text) {
    String inLowerCase = text.toLowerCase(Locale.ROOT);
    for (String form : forms()) {
      assertFalse(
          inLowerCase.contains(form.toLowerCase(Locale.ROOT)), () -> where + " has " + form);
    }
  }

  /** The mark in plain text, in hexadecimal, and in Base64 at each alignment. */
  private static List<String> forms() {
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    List<String> forms = new ArrayList<>(List.of(MARK, HexFormat.of().formatHex(mark)));
    for (int before = 0; before < 3; before++) {
      String encoded =
          base64.encodeToString((" ".repeat(before) + MARK).getBytes(StandardCharsets.US_ASCII));
      // The first and last characters depend on the neighbouring bytes.
      forms.add(encoded.substring(4, encoded.length() - 4));
    }
    return forms;
  }
}
