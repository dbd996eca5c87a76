package io.github.dwssnapshots.server.http;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request as sent. Enforces RFC 9110 and RFC 9112 where Grizzly is lenient, to
 * prevent request smuggling.
 *
 * @param target the request target, raw
 * @param fields values by case-insensitive name, in the order sent; only those that this class or a
 *     filter reads, since a head can have 64 KiB
 */
record RequestHead(String method, String target, Map<String, List<String>> fields) {
  /** Request attribute for the head. */
  static final String ATTRIBUTE = RequestHead.class.getName();

  private static final Set<String> KEPT =
      Set.of(
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding");

  // Possessive quantifiers: a long value does not overflow the stack.
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
  private static final String AUTHORITY =
      "(?:\\[[0-9A-Fa-f:.]+]|(?:[\\w.~!$&'()*+,;=-]++|%[0-9A-Fa-f]{2})*+)(?::\\d{0,5})?";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]++) (HTTP/\\d\\.\\d)\r\n");
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i:https?)://(?=[^/?])" + AUTHORITY + "(?=[/?]|$)");
  private static final Pattern ORIGIN =
      Pattern.compile(
          "/(?:[\\w.~!$&'()*+,;=:@/-]++|%[0-9A-Fa-f]{2})*+"
              + "(?:\\?(?:[\\w.~!$&'()*+,;=:@/?-]++|%[0-9A-Fa-f]{2})*+)?");
  static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "):([\\t\\x20-\\x7e\\x80-\\xff]*+)\r\n");
  private static final Pattern EMPTY_ELEMENTS = Pattern.compile("^[, \t]+");
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern LENGTH = Pattern.compile("0*\\d{1,9}");
  private static final Pattern HOST = Pattern.compile(AUTHORITY);

  /**
   * Parses and validates a head.
   *
   * @param head including the empty line at its end
   * @throws Failure if it is malformed, too large or not supported
   */
  static RequestHead of(String head) {
    Matcher line = REQUEST_LINE.matcher(head);
    if (!line.lookingAt()) {
      throw malformed("the request line is not METHOD TARGET HTTP/1.1");
    }
    RequestHead sent = new RequestHead(line.group(1), line.group(2), fields(head, line.end()));
    boolean isHttp10 = line.group(3).equals("HTTP/1.0");
    if (isHttp10) {
      sent.fields().remove("Expect"); // RFC 9110, 10.1.1
    }
    if (!isHttp10 && !line.group(3).equals("HTTP/1.1")) {
      throw new Failure(ErrorCode.HTTP_VERSION_NOT_SUPPORTED, "%s; send HTTP/1.1", line.group(3));
    }
    sent.checkTarget();
    sent.checkHost(isHttp10);
    sent.checkLength(isHttp10);
    sent.checkExpectation();
    return sent;
  }

  private static Map<String, List<String>> fields(String head, int start) {
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Matcher field = FIELD.matcher(head);
    for (int at = start; at < head.length() - 2; at = field.end()) {
      if (!field.region(at, head.length()).lookingAt()) { // not quoted: the value can be a token
        throw malformed("a header line is not NAME: VALUE in printable characters");
      }
      if (KEPT.contains(field.group(1).toLowerCase(Locale.ROOT))) {
        fields
            .computeIfAbsent(field.group(1), name -> new ArrayList<>(1))
            .add(field.group(2).strip());
      }
    }
    return fields;
  }

  List<String> values(String name) {
    return fields.getOrDefault(name, List.of());
  }

  /** Returns the target without scheme and authority. */
  String origin() {
    String origin = ABSOLUTE.matcher(target).replaceFirst("");
    return target.equals("*") ? "/*" : (origin.startsWith("/") ? "" : "/") + origin;
  }

  boolean isChunked() {
    return !values("Transfer-Encoding").isEmpty();
  }

  boolean expectsContinue() {
    return !expectation().isEmpty();
  }

  /** Returns the value of Expect; empty elements of the list do not count. */
  private String expectation() {
    return EMPTY_ELEMENTS.matcher(String.join(",", values("Expect"))).replaceFirst("");
  }

  private void checkExpectation() {
    if (expectsContinue() && !expectation().equalsIgnoreCase("100-continue")) {
      throw new Failure(
          ErrorCode.EXPECTATION_FAILED,
          "Expect %s; allowed: 100-continue",
          Quoted.of(expectation()));
    }
  }

  private void checkTarget() {
    if (method.equals("CONNECT") || method.equals("PRI")) {
      throw new Failure(
          ErrorCode.NOT_IMPLEMENTED, "method %s, which is for proxies and HTTP/2", method);
    }
    boolean isPath = target.startsWith("/") || ABSOLUTE.matcher(target).lookingAt();
    if (method.equals("OPTIONS") && target.equals("*")) {
      return;
    }
    if (!isPath || !ORIGIN.matcher(origin()).matches()) {
      throw malformed(
          "the request target %s is not a valid path (RFC 3986); write other characters as %%XX",
          Quoted.of(target));
    }
  }

  /** The Host header as sent; empty without one. */
  String host() {
    return String.join("", values("Host"));
  }

  private void checkHost(boolean isHttp10) {
    List<String> hosts = values("Host");
    if (hosts.size() > 1 || (hosts.isEmpty() && !isHttp10)) {
      throw malformed("%d Host headers; send exactly one", hosts.size());
    }
    if (!hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
      throw malformed("Host %s is not HOST or HOST:PORT", Quoted.of(hosts.get(0)));
    }
  }

  /** Rejects ambiguous lengths, which allow request smuggling (RFC 9112, 6.3). */
  private void checkLength(boolean isHttp10) {
    List<String> lengths = values("Content-Length");
    List<String> codings = values("Transfer-Encoding");
    if (lengths.size() + codings.size() > 1 || (isHttp10 && !codings.isEmpty())) {
      throw malformed("send one Content-Length, or Transfer-Encoding with HTTP/1.1");
    }
    if (!codings.stream().allMatch("chunked"::equalsIgnoreCase)) {
      throw new Failure(
          codings.get(0).matches("(?i)(?!chunked)" + TOKEN + ", *chunked")
              ? ErrorCode.NOT_IMPLEMENTED
              : ErrorCode.MALFORMED_HTTP,
          "Transfer-Encoding %s; allowed: chunked",
          Quoted.of(codings.get(0)));
    }
    for (String length : lengths) {
      if (!NUMBER.matcher(length).matches()) {
        throw malformed("Content-Length %s is not a number", Quoted.of(length));
      }
      if (!LENGTH.matcher(length).matches() || Integer.parseInt(length) > Bounds.BODY_BYTES) {
        throw tooLarge();
      }
    }
    if (method.equals("TRACE") && lengths.size() + codings.size() > 0) { // Grizzly does not read it
      throw malformed("TRACE must not have a body");
    }
  }

  /** Returns the failure for a body that is, or is declared, too large. */
  static Failure tooLarge() {
    return new Failure(ErrorCode.CONTENT_TOO_LARGE, "the body exceeds %d bytes", Bounds.BODY_BYTES);
  }

  @FormatMethod
  private static Failure malformed(@FormatString String format, Object... values) {
    return new Failure(ErrorCode.MALFORMED_HTTP, format, values);
  }
}
