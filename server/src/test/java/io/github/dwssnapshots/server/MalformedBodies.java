package io.github.dwssnapshots.server;

import io.github.dwssnapshots.server.MutatedBodies.Body;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;

/** Bodies that are not JSON in UTF-8, or repeat a property. The server must reject each of them. */
final class MalformedBodies {
  private final SplittableRandom random;

  MalformedBodies(SplittableRandom random) {
    this.random = random;
  }

  /**
   * Makes one of the two texts malformed.
   *
   * @param text any JSON
   * @param valid the JSON of a valid body
   * @param step how the text was made
   */
  Body of(String text, String valid, String step) {
    int quote = text.indexOf('"');
    String inside = quote < 0 ? "{" : text.substring(0, quote + 1);
    String rest = quote < 0 ? "" : text.substring(quote + 1);
    String end = valid.substring(0, valid.lastIndexOf('}'));
    return switch (below(22)) {
      case 0 -> malformed(text.substring(0, below(Math.max(1, text.length()))), "cut off", step);
      case 1 -> malformed(text + "x", "text after it", step);
      case 2 -> malformed(text + text, "twice", step);
      case 3 -> malformed(end + ",}", "a comma too many", step);
      case 4 -> malformed("\ufeff" + text, "a byte order mark", step);
      case 5 -> malformed(inside + (char) below(0x20) + rest, "a raw control", step, quote >= 0);
      case 6 -> malformed(inside + "\\ud800" + rest, "half a pair", step, quote >= 0);
      case 7 -> malformed(inside + "\\x" + rest, "an unknown escape", step, quote >= 0);
      case 8 -> malformed(inside + "\\u12" + "g4" + rest, "no hex", step, quote >= 0);
      case 9 -> malformed(valid.replace('"', '\''), "single quotes", step);
      case 10 -> malformed("/* */" + text, "a comment", step);
      case 11 -> malformed(text + " // x", "a comment", step);
      case 12 -> malformed("{\"snapshot\":NaN}", "not a number", step);
      case 13 -> malformed("{\"snapshot\":{\"name\":01}}", "a leading zero", step);
      case 14 -> malformed("[".repeat(1 + below(7000)), "deep", step);
      case 15 -> malformed("{\"snapshot\":".repeat(1 + below(1200)), "deep", step);
      case 16 -> malformed(" ".repeat(below(50)), "nothing", step);
      case 17 ->
          malformed(
              end + ",\"snapshot\":{\"name\":\"abcd\",\"cluster_id\":\"c\"}}",
              "a member twice",
              step);
      case 18 ->
          malformed(
              valid.replaceFirst("\\{\\s*\"", "{\"snapshot\":null,\""), "a member twice", step);
      case 19 ->
          new Body(
              new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.ISO_8859_1),
              Optional.empty(),
              step + ", UTF-16");
      case 20 ->
          new Body(
              MutatedBodies.utf8(inside) + badUtf8() + MutatedBodies.utf8(rest),
              Optional.empty(),
              step + ", no UTF-8");
      default -> malformed("{\"snapshot\":{name:\"abcd\"}}", "a bare name", step);
    };
  }

  private int below(int bound) {
    return random.nextInt(bound);
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
    return bad[below(bad.length)];
  }

  private static Body malformed(String text, String how, String step) {
    return new Body(MutatedBodies.utf8(text), Optional.empty(), step + ", " + how);
  }

  private static Body malformed(String text, String how, String step, boolean possible) {
    return possible ? malformed(text, how, step) : malformed("{", "cut off", step);
  }
}
