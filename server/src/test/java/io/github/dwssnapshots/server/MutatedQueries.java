package io.github.dwssnapshots.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Schema;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Random values of query parameters, valid and invalid. */
final class MutatedQueries {
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

  private static final List<String> INVALID_NUMBERS =
      List.of(
          "", " ", "+1", "01", "-01", "00", "1.0", "1e3", "0x10", " 1", "1 ", "1,2", "1\n",
          "\u0661", "\uff11", "null", "true", "NaN", "1\u0000", "--1", "\u22121");

  private final SplittableRandom random;

  MutatedQueries(SplittableRandom random) {
    this.random = random;
  }

  /** A value for this parameter of the contract. */
  String value(JsonNode parameter) {
    boolean isNumber = parameter.at("/schema/type").asText().equals("integer");
    List<String> words =
        random.nextInt(3) > 0
            ? isNumber ? NUMBERS : List.of("started", "name", "asc", "desc")
            : random.nextInt(2) == 0
                ? INVALID_NUMBERS
                : List.of(
                    "Started", "NAME", "asc ", " desc", "asc,desc", "size", "started\u0000", "");
    return words.get(random.nextInt(words.size()));
  }

  /** Percent-encodes each byte that requires it, and some others. */
  String encoded(String value) {
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

  /** Whether the contract allows the value. */
  static boolean isAllowed(JsonNode parameter, Schema rule, String value) {
    if (!parameter.at("/schema/type").asText().equals("integer")) {
      return rule.validate(JsonNodeFactory.instance.textNode(value)).isEmpty();
    }
    return value.matches("0|-?[1-9][0-9]*") // an integer in JSON, except -0
        && rule.validate(JsonNodeFactory.instance.numberNode(new BigInteger(value))).isEmpty();
  }
}
