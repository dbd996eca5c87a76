package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Content-Type and Accept headers of a creation. */
class MediaTypeTest extends ServerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json; charset=utf8",
        "application/json;charset=UTF8",
        "application/json;charset=\"UTF-8\"",
        "application/json; x=y",
        "application/json; x=\"a;b, \\\"c\"; charset=\"utf-\\8\""
      })
  void jsonInUtf8IsAccepted(String contentType) {
    assertEquals("200", outcome(send(post().header("Content-Type", contentType))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "application/*",
        "*/*",
        "json",
        "application/json/x",
        ";",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/json; charset",
        "application/json; charset=utf-8; charset=latin1",
        "application/json; x=\"",
        "application/json/"
      })
  void otherContentTypeReturns415(String contentType) {
    assertEquals("415 REF.0415", outcome(send(post().header("Content-Type", contentType))));
  }

  @Test
  void missingContentTypeMeansJsonAndDuplicateReturns415() {
    assertEquals("200", outcome(send(post())));
    HttpRequest.Builder twice =
        post()
            .header("Content-Type", "application/json")
            .header("Content-Type", "application/json");
    assertEquals("415 REF.0415", outcome(send(twice)));
    assertEquals("415 REF.0415", outcome(send(post().header("Content-Encoding", "gzip"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "*/*",
        "application/*",
        "text/html, application/json;q=0.1",
        "text/html;q=1, */*;q=0.1",
        "application/json, */*;q=0",
        "text/html;x=\"a,b\", application/json",
        "application/json;q=x"
      })
  void acceptWithJsonReturns200(String accept) {
    assertEquals("200", outcome(send(post().header("Accept", accept))));
  }

  @Test
  void defaultAcceptOfHttpUrlConnectionReturns200() throws Exception {
    // The validator would reject the request, since two of its ranges are malformed.
    HttpRequest request =
        post().header("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2").build();
    assertEquals(
        200, HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "application/json;q=0.000, */*",
        "text/html;x=\"a, application/json ,b\"",
        "x"
      })
  void acceptWithoutJsonReturns406(String accept) {
    assertEquals("406 REF.0406", outcome(send(post().header("Accept", accept))));
  }
}
