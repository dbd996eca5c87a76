package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Writes JSON with random whitespace and escapes, which do not change its meaning. */
final class JsonVariants {
  private final SplittableRandom random;

  JsonVariants(SplittableRandom random) {
    this.random = random;
  }

  String write(JsonNode node) {
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
            below(members.size() + 1),
            quoted(member.getKey()) + blank() + ":" + blank() + write(member.getValue()));
      }
      return "{" + blank() + String.join(blank() + "," + blank(), members) + blank() + "}";
    }
    return node.toString();
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private boolean oneIn(int times) {
    return below(times) == 0;
  }

  private String blank() {
    return oneIn(8) ? List.of(" ", "\t", "\n", "\r", "\r\n  ").get(below(5)) : "";
  }

  private String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    int often = oneIn(4) ? 3 : 40;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean needed = c < 0x20 || c == '"' || c == '\\';
      quoted.append(needed || oneIn(often) ? escape(c) : c);
    }
    // A surrogate pair with only one half escaped cannot be encoded in UTF-8.
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
}
