package io.github.dwssnapshots.server.access;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of a request by an access key, SDK-HMAC-SHA256, in the dialects {@code Access=} and
 * {@code Credential=}. The latter derives the key that signs from the secret key, the date and a
 * scope.
 *
 * @param accessKey that the client says it signs with
 * @param scope {@code yyyyMMdd/REGION/SERVICE/sdk_request}; empty in the dialect {@code Access=}
 * @param signedHeaders their names as sent, separated by semicolons
 * @param signature 64 lower-case hex digits
 */
record RequestSignature(
    String accessKey, Optional<String> scope, String signedHeaders, String signature) {
  static final String ALGORITHM = "SDK-HMAC-SHA256";

  private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(15);
  private static final String DATE = "x-sdk-date";
  private static final DateTimeFormatter DATE_FORMAT =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  private static final Pattern SYNTAX =
      Pattern.compile(
          ALGORITHM
              + " (?:Access=([^,/ ]+)|Credential=([^,/ ]+)/([0-9]{8}/[^,/ ]*/[^,/ ]*/sdk_request)),"
              + " ?SignedHeaders=([A-Za-z0-9;_-]+), ?Signature=([0-9a-f]{64})");

  /**
   * A request as it was sent.
   *
   * @param path percent-encoded
   * @param query percent-encoded; empty without one
   * @param headers the values of the header of a name, in any case
   * @param bodySha256 of the body without the transfer coding, in hexadecimal
   */
  record Signed(
      String method,
      String path,
      String query,
      Function<String, List<String>> headers,
      String bodySha256) {
    /** The value of a header that the request has exactly once. */
    private Optional<String> header(String name) {
      List<String> values = headers.apply(name);
      return values.size() == 1 ? Optional.of(values.get(0).strip()) : Optional.empty();
    }
  }

  /** Reads the value of an Authorization header; empty if it is no signature. */
  static Optional<RequestSignature> parse(String authorization) {
    Matcher matcher = SYNTAX.matcher(authorization);
    return matcher.matches()
        ? Optional.of(
            new RequestSignature(
                Optional.ofNullable(matcher.group(1)).orElse(matcher.group(2)),
                Optional.ofNullable(matcher.group(3)),
                matcher.group(4),
                matcher.group(5)))
        : Optional.empty();
  }

  /** Whether this signs the request with the secret key, at most 15 minutes before or after now. */
  boolean isValid(Signed request, String secretKey, Instant now) {
    Optional<String> date = request.header(DATE);
    Optional<String> canonical = date.flatMap(signed -> canonical(request));
    String toSign = date.orElse("") + scope.map(s -> "\n" + s).orElse("");
    byte[] key = secretKey.getBytes(StandardCharsets.UTF_8);
    if (scope.isPresent()) {
      key = ("SDK" + secretKey).getBytes(StandardCharsets.UTF_8);
      for (String part : scope.get().split("/", -1)) {
        key = hmac(key, part);
      }
    }
    String text = ALGORITHM + "\n" + toSign + "\n" + Tenancy.sha256(utf8(canonical.orElse("")));
    boolean same = MessageDigest.isEqual(hmac(key, text), HexFormat.of().parseHex(signature));
    return same && canonical.isPresent() && isCurrent(date.get(), now);
  }

  private boolean isCurrent(String date, Instant now) {
    try {
      Instant signed = DATE_FORMAT.parse(date, Instant::from);
      return Duration.between(signed, now).abs().compareTo(MAX_CLOCK_SKEW) <= 0
          && scope.stream().allMatch(s -> s.startsWith(date.substring(0, 8)));
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** What is hashed and signed; empty if a signed header is missing or repeated. */
  private Optional<String> canonical(Signed request) {
    List<String> names = List.of(signedHeaders.toLowerCase(Locale.ROOT).split(";", -1));
    List<Optional<String>> values = names.stream().map(request::header).toList();
    String hash = request.bodySha256();
    boolean isHashReal =
        request.headers().apply("x-sdk-content-sha256").stream().allMatch(hash::equals);
    if (Set.copyOf(names).size() < names.size()) { // or a short list of names makes a long text
      return Optional.empty();
    }
    if (!names.contains(DATE) || values.contains(Optional.<String>empty()) || !isHashReal) {
      return Optional.empty();
    }
    StringBuilder canonical = new StringBuilder(512);
    canonical.append(request.method()).append('\n');
    canonical.append(reencoded(request.path(), "/"));
    canonical.append(request.path().endsWith("/") ? "\n" : "/\n");
    canonical.append(sorted(request.query())).append('\n');
    for (int i = 0; i < names.size(); i++) {
      canonical.append(names.get(i)).append(':').append(values.get(i).get()).append('\n');
    }
    return Optional.of(canonical.append('\n').append(signedHeaders).append('\n') + hash);
  }

  private static String sorted(String query) {
    return Arrays.stream(query.split("&", -1))
        .filter(parameter -> !parameter.isEmpty())
        .map(parameter -> parameter.contains("=") ? parameter : parameter + "=")
        .map(parameter -> parameter.replace("+", "%20").replaceFirst("=", "\n"))
        .map(parameter -> reencoded(parameter, "\n"))
        .sorted() // by the key: the line feed is less than any character of it
        .map(parameter -> parameter.replace('\n', '='))
        .collect(Collectors.joining("&"));
  }

  /** Decodes and encodes the parts of a text, so that each way to encode it signs the same. */
  private static String reencoded(String text, String separator) {
    return Arrays.stream(text.split(separator, -1))
        .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
        .map(
            part ->
                URLEncoder.encode(part, StandardCharsets.UTF_8)
                    .replace("+", "%20")
                    .replace("*", "%2A")
                    .replace("%7E", "~"))
        .collect(Collectors.joining(separator));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("each Java platform has HmacSHA256", e);
    }
  }
}
