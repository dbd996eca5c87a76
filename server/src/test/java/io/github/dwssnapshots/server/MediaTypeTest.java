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
  void jsonInUtf8IsRead(String contentType) {
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
  void anotherContentTypeIs415(String contentType) {
    assertEquals("415 REF.0415", outcome(send(post().header("Content-Type", contentType))));
  }

  @Test
  void noContentTypeMeansJsonAndTwoOrACodingAre415() {
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
  void jsonIsAcceptable(String accept) {
    assertEquals("200", outcome(send(post().header("Accept", accept))));
  }

  @Test
  void whatHttpUrlConnectionAcceptsByDefaultIsAcceptable() throws Exception {
    // Two of its ranges are malformed, so that the validator would object to the request.
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
  void whoCannotAcceptJsonGets406(String accept) {
    assertEquals("406 REF.0406", outcome(send(post().header("Accept", accept))));
  }
}
