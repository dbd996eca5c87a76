package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The header fields of a request, in the order in which they were sent. Each is well-formed by RFC
 * 9112, 5.
 */
record HeaderFields(List<Field> fields) {
  record Field(String name, String value) {}

  static final int MOST = 64;

  private static final Pattern COMMA = Pattern.compile(",");

  HeaderFields {
    fields = List.copyOf(fields);
  }

  /**
   * Reads the lines of a header.
   *
   * @throws Failure that says which one is malformed, or that there are too many
   */
  static HeaderFields parse(List<String> lines) {
    if (lines.size() > MOST) {
      throw new Failure(
          ErrorCode.HEADER_TOO_LARGE,
          "%d header fields, at most %d are allowed",
          lines.size(),
          MOST);
    }
    List<Field> fields = new ArrayList<>(lines.size());
    for (String line : lines) {
      fields.add(field("header line", fields.size() + 1, line));
    }
    return new HeaderFields(fields);
  }

  /**
   * Reads one line.
   *
   * @param what for the message: the line of a header, or a trailer
   * @param number of the line among these
   * @throws Failure that says that it is malformed
   */
  static Field field(String what, int number, String line) {
    int colon = line.indexOf(':');
    // Only the name is ever shown, since the value may be a token.
    String name = line.substring(0, Math.max(0, colon));
    String value = line.substring(colon + 1);
    // A line that begins with a blank (obs-fold) has no name before its colon, and a bare CR or LF
    // no place.
    if (name.isEmpty() || !Characters.TOKEN.makeUp(name) || !Characters.FIELD_VALUE.makeUp(value)) {
      throw new Failure(
          ErrorCode.MALFORMED_HTTP,
          "%s %d, %s, is not NAME: VALUE in printable characters",
          what,
          number,
          Quoted.of(name));
    }
    return new Field(name, value.strip());
  }

  /** The values of every field of this name, in whatever case. */
  List<String> values(String name) {
    List<String> values = new ArrayList<>(1);
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  /**
   * The members of a comma-separated header, in lower case; empty ones are none (RFC 9110, 5.6.1).
   */
  List<String> members(String name) {
    List<String> values = values(name);
    return values.isEmpty() // as mostly
        ? values
        : values.stream()
            .flatMap(COMMA::splitAsStream)
            .map(member -> member.strip().toLowerCase(Locale.ROOT))
            .filter(member -> !member.isEmpty())
            .toList();
  }
}
