package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Bodies of a creation: valid ones, and such that are one step off, in what they mean or in how
 * they are written. The same seed gives the same bodies.
 */
final class MutatedBodies {
  /**
   * A body.
   *
   * @param bytes each as one character, as RawPeer sends them
   * @param tree what it means; empty where it is not to be read, whatever it seems to mean
   * @param step how it was made, for whoever reads a failure
   */
  record Body(String bytes, Optional<JsonNode> tree, String step) {}

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String FIRST = "ABCXYZabcxyz";
  private static final String LATER = FIRST + "0189_-";

  /** One of each kind of character that a rule, a parser or a database may treat in its own way. */
  private static final int[] ODD = {
    0x00, 0x01, 0x09, 0x0a, 0x0d, 0x1f, ' ', '!', '"', '#', '$', '%', '&', '\'', '(', '*', '+', ',',
    '.', '/', ':', ';', '<', '=', '>', '?', '@', '[', '\\', ']', '^', '`', '{', '|', '}', '~', 0x7f,
    0x80, 0x85, 0xa0, 0xad, 0xdf, 0xe4, 0x130, 0x131, 0x17f, 0x212a, 0x300, 0x430, 0x660, 0x966,
    0x200b, 0x200d, 0x202e, 0x2028, 0x2029, 0x4e2d, 0xd7ff, 0xe000, 0xfeff, 0xff21, 0xff11, 0xfffd,
    0xfffe, 0xffff, 0xd800, 0xdfff, 0x10000, 0x1d400, 0x1f600, 0x10ffff
  };

  private final SplittableRandom random;
  private final String cluster;

  MutatedBodies(long seed, String cluster) {
    this.random = new SplittableRandom(seed);
    this.cluster = cluster;
  }

  private int up(int bound) {
    return random.nextInt(bound);
  }

  private boolean oneIn(int times) {
    return up(times) == 0;
  }

  private int odd() {
    return oneIn(3) ? up(0x250) : ODD[up(ODD.length)];
  }

  /** The next body. */
  Body next() {
    ObjectNode root = valid();
    String step = oneIn(6) ? "valid" : mutate(root);
    if (oneIn(40)) {
      step += ", then " + mutate(root);
    }
    JsonNode tree = root;
    if (oneIn(60)) {
      tree = any();
      step = "another root";
    }
    String text = write(tree);
    return oneIn(5) ? spoiled(text, step) : new Body(utf8(text), Optional.of(tree), step);
  }

  private ObjectNode valid() {
    ObjectNode root = JSON.objectNode();
    ObjectNode snapshot = root.putObject("snapshot");
    snapshot.put("name", name(4 + up(oneIn(4) ? 61 : 8)));
    snapshot.put("cluster_id", cluster);
    if (oneIn(2)) {
      snapshot.put("description", oneIn(3) ? "" : text(1 + up(12)));
    }
    return root;
  }

  private String name(int length) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String from = i == 0 ? FIRST : LATER;
      name.append(from.charAt(up(from.length())));
    }
    return name.toString();
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(oneIn(4) ? odd() : 'a' + up(26));
    }
    return text.toString();
  }

  /** Changes one thing, which may leave it valid; returns what. */
  private String mutate(ObjectNode root) {
    ObjectNode snapshot = root.path("snapshot") instanceof ObjectNode s ? s : JSON.objectNode();
    String member = List.of("name", "cluster_id", "description").get(up(3));
    switch (up(9)) {
      case 0 -> snapshot.set(member, any());
      case 1 -> snapshot.remove(member);
      case 2 -> (oneIn(2) ? root : snapshot).set(unknown(), any());
      case 3 -> snapshot.put(member, length(around(member)));
      case 4, 5 -> snapshot.put(member, insert(snapshot.path(member).asText(), odd()));
      case 6 -> snapshot.put(member, text(around(member)));
      case 7 -> root.set("snapshot", any());
      default -> snapshot.put(member, "x".repeat(200 + up(4000)));
    }
    return "changed " + member;
  }

  /** Lengths on both sides of the contract's bounds, and a few others. */
  private int around(String member) {
    int[] bounds = member.equals("description") ? new int[] {0, 256} : new int[] {0, 4, 64, 128};
    return Math.max(0, bounds[up(bounds.length)] - 2 + up(5));
  }

  /** A text of this many code points, of which some, or all, take two UTF-16 units. */
  private String length(int length) {
    return oneIn(2)
        ? "n".repeat(length)
        : oneIn(2)
            ? "\ud83d\ude00".repeat(length)
            : name(length / 2) + "ä".repeat(length - length / 2);
  }

  private String insert(String text, int codePoint) {
    int at =
        text.isEmpty()
            ? 0
            : text.offsetByCodePoints(0, up(text.codePointCount(0, text.length()) + 1));
    return text.substring(0, at) + Character.toString(codePoint) + text.substring(at);
  }

  private String unknown() {
    String[] names = {
      "Name",
      "name ",
      "NAME",
      "",
      "id",
      "clusterId",
      "cluster_ID",
      "descripton",
      "snapshot",
      "__proto__",
      "class",
      "@type",
      "$ref",
      "\u0000",
      "\ud83d\ude00",
      "n\u00e4me",
      "x".repeat(300)
    };
    return names[up(names.length)];
  }

  /** A value of each type of JSON. */
  private JsonNode any() {
    return switch (up(12)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(oneIn(2));
      case 2 -> JSON.numberNode(up(3) - 1);
      case 3 -> JSON.numberNode(Long.MAX_VALUE - up(2));
      case 4 -> JSON.numberNode(new BigDecimal("1.5e300"));
      case 5 -> JSON.numberNode(new BigDecimal("-0.0"));
      case 6 -> JSON.textNode(name(4 + up(8)));
      case 7 -> JSON.textNode("");
      case 8 -> JSON.arrayNode();
      case 9 -> JSON.arrayNode().add(name(5));
      case 10 -> JSON.objectNode();
      default -> JSON.objectNode().put("name", name(6)).put("cluster_id", cluster);
    };
  }

  /** Writes it, with blanks and escapes that mean the same. */
  private String write(JsonNode node) {
    if (node.isTextual()) {
      return quoted(node.textValue());
    }
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(write(item)));
      return "[" + blank() + String.join(blank() + "," + blank(), items) + blank() + "]";
    }
    if (node.isObject()) {
      List<String> members = new ArrayList<>();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        members.add(
            up(members.size() + 1),
            quoted(member.getKey()) + blank() + ":" + blank() + write(member.getValue()));
      }
      return "{" + blank() + String.join(blank() + "," + blank(), members) + blank() + "}";
    }
    return node.toString();
  }

  private String blank() {
    return oneIn(8) ? List.of(" ", "\t", "\n", "\r", "\r\n  ").get(up(5)) : "";
  }

  private String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    int often = oneIn(4) ? 3 : 40;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean needed = c < 0x20 || c == '"' || c == '\\';
      quoted.append(needed || oneIn(often) ? escape(c) : c);
    }
    // A pair of which one half is escaped and the other is not is no UTF-8.
    return wholePairs(quoted.append('"').toString(), text);
  }

  private String wholePairs(String quoted, String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(quoted)
        ? quoted
        : "\"" + text.chars().mapToObj(c -> unicode((char) c)).reduce("", String::concat) + "\"";
  }

  private String escape(char c) {
    int known = "\b\f\n\r\t\"\\/".indexOf(c);
    return known >= 0 && oneIn(2) ? "\\" + "bfnrt\"\\/".charAt(known) : unicode(c);
  }

  private String unicode(char c) {
    String hex = String.format(Locale.ROOT, "\\u%04x", (int) c);
    return oneIn(2) ? hex : "\\u" + hex.substring(2).toUpperCase(Locale.ROOT);
  }

  /** What is to be refused for how it is written. */
  private Body spoiled(String text, String step) {
    int quote = text.indexOf('"');
    String inside = quote < 0 ? "{" : text.substring(0, quote + 1);
    String rest = quote < 0 ? "" : text.substring(quote + 1);
    String valid = write(valid());
    String end = valid.substring(0, valid.lastIndexOf('}'));
    return switch (up(22)) {
      case 0 -> spoil(text.substring(0, up(Math.max(1, text.length()))), "cut off", step);
      case 1 -> spoil(text + "x", "text after it", step);
      case 2 -> spoil(text + text, "twice", step);
      case 3 -> spoil(end + ",}", "a comma too many", step);
      case 4 -> spoil("\ufeff" + text, "a byte order mark", step);
      case 5 -> spoil(inside + (char) up(0x20) + rest, "a raw control", step, quote >= 0);
      case 6 -> spoil(inside + "\\ud800" + rest, "half a pair", step, quote >= 0);
      case 7 -> spoil(inside + "\\x" + rest, "an escape that there is not", step, quote >= 0);
      case 8 -> spoil(inside + "\\u12" + "g4" + rest, "no hex", step, quote >= 0);
      case 9 -> spoil(valid.replace('"', '\''), "single quotes", step);
      case 10 -> spoil("/* */" + text, "a comment", step);
      case 11 -> spoil(text + " // x", "a comment", step);
      case 12 -> spoil("{\"snapshot\":NaN}", "not a number", step);
      case 13 -> spoil("{\"snapshot\":{\"name\":01}}", "a leading zero", step);
      case 14 -> spoil("[".repeat(1 + up(7000)), "deep", step);
      case 15 -> spoil("{\"snapshot\":".repeat(1 + up(1200)), "deep", step);
      case 16 -> spoil(" ".repeat(up(50)), "nothing", step);
      case 17 ->
          spoil(
              end + ",\"snapshot\":{\"name\":\"abcd\",\"cluster_id\":\"c\"}}",
              "a member twice",
              step);
      case 18 ->
          spoil(valid.replaceFirst("\\{\\s*\"", "{\"snapshot\":null,\""), "a member twice", step);
      case 19 ->
          new Body(
              new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.ISO_8859_1),
              Optional.empty(),
              step + ", UTF-16");
      case 20 ->
          new Body(utf8(inside) + badUtf8() + utf8(rest), Optional.empty(), step + ", no UTF-8");
      default -> spoil("{\"snapshot\":{name:\"abcd\"}}", "a bare name", step);
    };
  }

  private String badUtf8() {
    String[] bad = {
      "\u00ff",
      "\u00c0\u0080",
      "\u00c1\u00bf",
      "\u00e0\u0080\u00af",
      "\u00ed\u00a0\u0080",
      "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080",
      "\u00f4\u0090\u0080\u0080",
      "\u0080",
      "\u00e4",
      "\u00f0\u009f\u0098"
    };
    return bad[up(bad.length)];
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Body spoil(String text, String how, String step) {
    return new Body(utf8(text), Optional.empty(), step + ", " + how);
  }

  private static Body spoil(String text, String how, String step, boolean possible) {
    return possible ? spoil(text, how, step) : spoil("{", "cut off", step);
  }
}
