package io.github.dwssnapshots.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A media type, or a range of them, as RFC 9110 writes it (8.3.1, 12.5.1). JAX-RS's own throws
 * exceptions at what it cannot read, which took 8 % of the time of a request.
 *
 * @param type in lower case, as the subtype and the names of parameters
 */
record MediaRange(String type, String subtype, Map<String, String> parameters) {
  private static final String ANY = "*";

  /** The members of a list that can be read. */
  static List<MediaRange> listOf(String header) {
    return split(header, ',').stream().flatMap(member -> of(member).stream()).toList();
  }

  /** The type, where it is one and has no parameter twice. */
  static Optional<MediaRange> of(String text) {
    List<String> parts = split(text, ';');
    String[] names = parts.get(0).strip().split("/", -1);
    if (names.length != 2 || !isToken(names[0]) || !isToken(names[1])) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (String part : parts.subList(1, parts.size())) {
      if (!part.isBlank() && !addTo(parameters, part.strip())) { // RFC 9110, 5.6.6: may be empty
        return Optional.empty();
      }
    }
    return Optional.of(new MediaRange(lower(names[0]), lower(names[1]), parameters));
  }

  private static boolean addTo(Map<String, String> parameters, String parameter) {
    int equals = Math.max(0, parameter.indexOf('='));
    String name = parameter.substring(0, equals);
    String value = parameter.substring(Math.min(equals + 1, parameter.length()));
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    String text =
        quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    return isToken(name)
        && (quoted || isToken(value))
        && Optional.ofNullable(parameters.put(lower(name), text)).isEmpty();
  }

  /** At each separator that does not stand in quotes. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>(4);
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static boolean isToken(String text) {
    return !text.isEmpty() && Characters.TOKEN.makeUp(text);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  boolean isJson() {
    return type.equals("application") && subtype.equals("json");
  }

  boolean includesJson() {
    return isJson() || (subtype.equals(ANY) && (type.equals(ANY) || type.equals("application")));
  }

  /** How closely it describes what it includes: the type itself, its family, anything. */
  int closeness() {
    return type.equals(ANY) ? 0 : subtype.equals(ANY) ? 1 : 2;
  }

  /** Whether it names what is not wanted. A weight that is no number says nothing. */
  boolean isExcluded() {
    return parameters.getOrDefault("q", "1").matches("0+(\\.0*)?|\\.0+");
  }
}
