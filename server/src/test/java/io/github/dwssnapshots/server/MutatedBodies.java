package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Random bodies of a creation: valid ones, ones with a changed value, and malformed ones. The same
 * seed gives the same bodies.
 */
final class MutatedBodies {
  /**
   * A body.
   *
   * @param bytes the bytes, each as one character, as RawPeer sends them
   * @param tree the JSON value; empty if the body is malformed
   * @param step how the body was made, for failure messages
   */
  record Body(String bytes, Optional<JsonNode> tree, String step) {}

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String FIRST = "ABCXYZabcxyz";
  private static final String LATER = FIRST + "0189_-";

  /** Characters of each kind that rules, parsers or databases may treat differently. */
  private static final int[] ODD = {
    0x00, 0x01, 0x09, 0x0a, 0x0d, 0x1f, ' ', '!', '"', '#', '$', '%', '&', '\'', '(', '*', '+', ',',
    '.', '/', ':', ';', '<', '=', '>', '?', '@', '[', '\\', ']', '^', '`', '{', '|', '}', '~', 0x7f,
    0x80, 0x85, 0xa0, 0xad, 0xdf, 0xe4, 0x130, 0x131, 0x17f, 0x212a, 0x300, 0x430, 0x660, 0x966,
    0x200b, 0x200d, 0x202e, 0x2028, 0x2029, 0x4e2d, 0xd7ff, 0xe000, 0xfeff, 0xff21, 0xff11, 0xfffd,
    0xfffe, 0xffff, 0xd800, 0xdfff, 0x10000, 0x1d400, 0x1f600, 0x10ffff
  };

  private final SplittableRandom random;
  private final JsonVariants json;
  private final MalformedBodies malformed;
  private final String cluster;

  MutatedBodies(long seed, String cluster) {
    this.random = new SplittableRandom(seed);
    this.json = new JsonVariants(random);
    this.malformed = new MalformedBodies(random);
    this.cluster = cluster;
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private boolean oneIn(int times) {
    return below(times) == 0;
  }

  private int odd() {
    return oneIn(3) ? below(0x250) : ODD[below(ODD.length)];
  }

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
    String text = json.write(tree);
    return oneIn(5)
        ? malformed.of(text, json.write(valid()), step)
        : new Body(utf8(text), Optional.of(tree), step);
  }

  private ObjectNode valid() {
    ObjectNode root = JSON.objectNode();
    ObjectNode snapshot = root.putObject("snapshot");
    snapshot.put("name", name(4 + below(oneIn(4) ? 61 : 8)));
    snapshot.put("cluster_id", cluster);
    if (oneIn(2)) {
      snapshot.put("description", oneIn(3) ? "" : text(1 + below(12)));
    }
    return root;
  }

  private String name(int length) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String from = i == 0 ? FIRST : LATER;
      name.append(from.charAt(below(from.length())));
    }
    return name.toString();
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(oneIn(4) ? odd() : 'a' + below(26));
    }
    return text.toString();
  }

  /** Changes one property, which may leave the body valid. Returns a description. */
  private String mutate(ObjectNode root) {
    ObjectNode snapshot = root.path("snapshot") instanceof ObjectNode s ? s : JSON.objectNode();
    String member = List.of("name", "cluster_id", "description").get(below(3));
    switch (below(9)) {
      case 0 -> snapshot.set(member, any());
      case 1 -> snapshot.remove(member);
      case 2 -> (oneIn(2) ? root : snapshot).set(unknown(), any());
      case 3 -> snapshot.put(member, length(around(member)));
      case 4, 5 -> snapshot.put(member, insert(snapshot.path(member).asText(), odd()));
      case 6 -> snapshot.put(member, text(around(member)));
      case 7 -> root.set("snapshot", any());
      default -> snapshot.put(member, "x".repeat(200 + below(4000)));
    }
    return "changed " + member;
  }

  /** A length close to one of the contract's limits. */
  private int around(String member) {
    int[] bounds = member.equals("description") ? new int[] {0, 256} : new int[] {0, 4, 64, 128};
    return Math.max(0, bounds[below(bounds.length)] - 2 + below(5));
  }

  /** A text of this length: in ASCII, in emoji (length in code points), or partly in umlauts. */
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
            : text.offsetByCodePoints(0, below(text.codePointCount(0, text.length()) + 1));
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
    return names[below(names.length)];
  }

  /** A value of a random JSON type. */
  private JsonNode any() {
    return switch (below(12)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(oneIn(2));
      case 2 -> JSON.numberNode(below(3) - 1);
      case 3 -> JSON.numberNode(Long.MAX_VALUE - below(2));
      case 4 -> JSON.numberNode(new BigDecimal("1.5e300"));
      case 5 -> JSON.numberNode(new BigDecimal("-0.0"));
      case 6 -> JSON.textNode(name(4 + below(8)));
      case 7 -> JSON.textNode("");
      case 8 -> JSON.arrayNode();
      case 9 -> JSON.arrayNode().add(name(5));
      case 10 -> JSON.objectNode();
      default -> JSON.objectNode().put("name", name(6)).put("cluster_id", cluster);
    };
  }

  /** The UTF-8 bytes of the text, each as one character. */
  static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
