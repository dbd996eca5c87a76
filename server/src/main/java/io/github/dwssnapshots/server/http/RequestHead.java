package io.github.dwssnapshots.server.http;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request, held to the grammar of RFC 9110 and RFC 9112 without leniency: whoever
 * stands between a client and this server must not be able to read a request in another way than it
 * does.
 *
 * @param target in origin form, whichever form it was sent in
 * @param http11 or higher; if not, HTTP/1.0
 * @param keepAlive whether the client wants the connection to go on after the answer
 * @param contentLength of the body; 0 where there is none, and where it is chunked
 */
record RequestHead(
    String method,
    String target,
    boolean http11,
    HeaderFields fields,
    boolean keepAlive,
    boolean chunked,
    int contentLength,
    boolean expectsContinue) {

  /** The whole head; about ten times what the contract's operations need. */
  static final int MOST_BYTES = 8 * 1024;

  /** The contract: a body past it is refused before the rest is read. */
  static final int MOST_BODY_BYTES = 16 * 1024;

  private static final String HTTP_1_0 = "HTTP/1.0";
  private static final String CRLF = "\r\n";
  private static final String CHUNKED = "chunked";
  private static final Pattern VERSION = Pattern.compile("HTTP/\\d\\.\\d");
  private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=.)");
  private static final Pattern LENGTH = Pattern.compile("\\d+");
  // Possessive, so that the longest host needs no deep stack.
  private static final Pattern HOST =
      Pattern.compile(
          "(?:\\[[0-9A-Fa-f:.]+]|(?:[\\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*+)(?::\\d{0,5})?");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://([^/?]*)([^?]*)(.*)");

  /**
   * Reads a whole head.
   *
   * @param head up to, and without, the empty line that ends it
   * @throws Failure that says what is malformed, too much, or unknown to this server
   */
  static RequestHead parse(String head) {
    List<String> lines = lines(head);
    String[] requestLine = lines.get(0).split(" ", -1);
    if (requestLine.length != 3
        || requestLine[0].isEmpty()
        || !Characters.TOKEN.makeUp(requestLine[0])) {
      throw malformed("the request line %s is not METHOD TARGET HTTP/1.1", Quoted.of(lines.get(0)));
    }
    String version = version(requestLine[2]);
    HeaderFields fields = HeaderFields.parse(lines.subList(1, lines.size()));
    checkHost(fields.values("Host"), version);
    boolean chunked = chunked(fields, version);
    return new RequestHead(
        requestLine[0],
        target(requestLine[0], requestLine[1]),
        !version.equals(HTTP_1_0),
        fields,
        keepAlive(fields.members("Connection"), version),
        chunked,
        chunked ? 0 : contentLength(fields.values("Content-Length")),
        expectsContinue(fields.members("Expect"), version));
  }

  /** Not by String.split, which compiles its pattern anew for each head. */
  private static List<String> lines(String head) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    for (int end = head.indexOf(CRLF); end >= 0; end = head.indexOf(CRLF, from)) {
      lines.add(head.substring(from, end));
      from = end + CRLF.length();
    }
    lines.add(head.substring(from));
    return lines;
  }

  private static String version(String version) {
    if (version.equals("HTTP/1.1")) {
      return version;
    }
    if (!VERSION.matcher(version).matches()) {
      throw malformed("the request line ends in %s and not in HTTP/1.1", Quoted.of(version));
    }
    if (!version.startsWith("HTTP/1.")) {
      throw new Failure(ErrorCode.HTTP_VERSION_NOT_SUPPORTED, "%s; send HTTP/1.1", version);
    }
    // RFC 9110, 2.5: a higher minor version is served as the highest that is known.
    return version.equals(HTTP_1_0) ? version : "HTTP/1.1";
  }

  private static String target(String method, String target) {
    if (method.equals("CONNECT")
        || method.equals("PRI")) { // of which the target is no path; begins a connection of HTTP/2
      throw new Failure(
          ErrorCode.NOT_IMPLEMENTED, "the method %s, which is for proxies and HTTP/2", method);
    }
    if (method.equals("OPTIONS") && target.equals("*")) {
      return "/*"; // a path that no operation has
    }
    String origin = target;
    Matcher absolute = ABSOLUTE.matcher(target);
    if (!target.startsWith("/") && absolute.matches()) { // RFC 9112, 3.2.2: must be accepted
      if (absolute.group(1).isEmpty() || !HOST.matcher(absolute.group(1)).matches()) {
        throw malformed("the request target %s has no valid host", Quoted.of(target));
      }
      origin = (absolute.group(2).isEmpty() ? "/" : absolute.group(2)) + absolute.group(3);
    }
    int query = origin.indexOf('?');
    String path = query < 0 ? origin : origin.substring(0, query);
    String rest = origin.substring(path.length());
    if (!path.startsWith("/") || !Characters.PATH.makeUpWithEscapes(path)) {
      throw malformed(
          "the request target %s is not a valid path (RFC 3986); write other characters as %%XX",
          Quoted.of(target));
    }
    if (!Characters.QUERY.makeUpWithEscapes(rest)) {
      throw malformed(
          "%s is not a valid query (RFC 3986); write other characters as %%XX, %% as %%25",
          Quoted.of(rest));
    }
    return path.replace(";", "%3B") + rest; // or Jersey would take what follows for a parameter
  }

  /** Its path alone. */
  String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** RFC 9112, 9.3. */
  private static boolean keepAlive(List<String> connection, String version) {
    return !connection.contains("close")
        && (!version.equals(HTTP_1_0) || connection.contains("keep-alive"));
  }

  private static void checkHost(List<String> hosts, String version) {
    if (hosts.size() > 1 || (hosts.isEmpty() && version.equals("HTTP/1.1"))) {
      throw malformed("there are %d Host headers; send exactly one", hosts.size());
    }
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw malformed("Host %s is not HOST or HOST:PORT", Quoted.of(host));
      }
    }
  }

  private static boolean chunked(HeaderFields fields, String version) {
    List<String> values = fields.values("Transfer-Encoding");
    if (values.isEmpty()) {
      return false;
    }
    // RFC 9112, 6.1: two lengths, or a coding in HTTP/1.0, are how requests are smuggled.
    if (version.equals(HTTP_1_0) || !fields.values("Content-Length").isEmpty()) {
      throw malformed("Transfer-Encoding goes neither with Content-Length nor with HTTP/1.0");
    }
    if (values.size() == 1 && values.get(0).equalsIgnoreCase(CHUNKED)) {
      return true;
    }
    List<String> codings = fields.members("Transfer-Encoding");
    String shown = Quoted.of(String.join(", ", values));
    int first = codings.indexOf(CHUNKED);
    if (first > 0 && first == codings.size() - 1) { // RFC 9112, 6.1
      throw new Failure(
          ErrorCode.NOT_IMPLEMENTED, "Transfer-Encoding %s; only chunked is known", shown);
    }
    // RFC 9112, 6.3: whatever does not end in chunked; and chunked in disguise, such as ",
    // chunked",
    // which whoever stands in between may not know again.
    throw malformed("Transfer-Encoding %s; send chunked, and nothing else", shown);
  }

  private static int contentLength(List<String> lengths) {
    if (lengths.isEmpty()) {
      return 0;
    }
    String length = LEADING_ZEROS.matcher(lengths.get(0)).replaceFirst(""); // 007 is 7
    if (lengths.size() > 1 || !LENGTH.matcher(length).matches()) {
      throw malformed("Content-Length %s is not one number", Quoted.of(String.join(", ", lengths)));
    }
    // Nine digits fit into an int, and are far past the bound.
    if (length.length() > 9 || Integer.parseInt(length) > MOST_BODY_BYTES) {
      throw tooLarge();
    }
    return Integer.parseInt(length);
  }

  /** The body, by its announced length or by what came, is past its bound. */
  static Failure tooLarge() {
    return new Failure(
        ErrorCode.CONTENT_TOO_LARGE, "the body has more than %d bytes", MOST_BODY_BYTES);
  }

  private static boolean expectsContinue(List<String> expectations, String version) {
    if (expectations.isEmpty() || version.equals(HTTP_1_0)) {
      return false; // RFC 9110, 10.1.1: to be ignored in HTTP/1.0
    }
    if (!expectations.equals(List.of("100-continue"))) {
      throw new Failure(
          ErrorCode.EXPECTATION_FAILED,
          "Expect %s; only 100-continue is known",
          Quoted.of(String.join(", ", expectations)));
    }
    return true;
  }

  @FormatMethod
  static Failure malformed(@FormatString String format, Object... values) {
    return new Failure(ErrorCode.MALFORMED_HTTP, format, values);
  }
}
