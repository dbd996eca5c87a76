package io.github.dwssnapshots.server.error;

import java.util.Arrays;
import java.util.Optional;

/**
 * Kinds of failure: HTTP status, {@code error_code} and message prefix. Codes are the vendor's
 * where one fits, otherwise they start with {@code REF.}. A test compares them with {@code
 * x-error-codes} in the contract.
 */
public enum ErrorCode {
  INVALID_REQUEST(400, "DWS.0001", "Request error"),
  NAME_TAKEN(400, "REF.1001", "Name taken"),
  NOT_AUTHENTICATED(401, "APIGW.0301", "Authentication failed"),
  NOT_PERMITTED(403, "APIGW.0302", "No permission"),
  CLUSTER_NOT_FOUND(404, "DWS.0047", "Cluster not found"),
  SNAPSHOT_NOT_FOUND(404, "DWS.5149", "Snapshot not found"),
  INTERNAL(500, "DWS.0005", "Internal error"),
  UNAVAILABLE(503, "REF.0503", "Service unavailable"),

  MALFORMED_HTTP(400, "REF.0400", "Malformed request"),
  PATH_NOT_FOUND(404, "REF.0404", "Path not found"),
  METHOD_NOT_ALLOWED(405, "REF.0405", "Method not allowed"),
  NOT_ACCEPTABLE(406, "REF.0406", "Not acceptable"),
  REQUEST_TIMEOUT(408, "REF.0408", "Request timeout"),
  CONTENT_TOO_LARGE(413, "REF.0413", "Content too large"),
  TARGET_TOO_LONG(414, "REF.0414", "Request target too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "REF.0415", "Unsupported media type"),
  EXPECTATION_FAILED(417, "REF.0417", "Expectation failed"),
  HEADER_TOO_LARGE(431, "REF.0431", "Header too large"),
  NOT_IMPLEMENTED(501, "REF.0501", "Not implemented"),
  HTTP_VERSION_NOT_SUPPORTED(505, "REF.0505", "HTTP version not supported");

  private final int status;
  private final String code;
  private final String prefix;

  ErrorCode(int status, String code, String prefix) {
    this.status = status;
    this.code = code;
    this.prefix = prefix;
  }

  /** HTTP status of the response. */
  public int status() {
    return status;
  }

  /** Value of {@code error_code}. */
  public String code() {
    return code;
  }

  /** Returns an {@code error_msg}: the prefix of this code and the detail. */
  public String message(String detail) {
    return prefix + ": " + detail;
  }

  /** Returns the code of this project ({@code REF.0…}) for a status; empty if it has none. */
  public static Optional<ErrorCode> ofHttpStatus(int status) {
    String code = "REF.0" + status;
    return Arrays.stream(values()).filter(e -> e.code.equals(code)).findFirst();
  }
}
