package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dwssnapshots.client.ApiException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The query parameters of a cluster's list, and the order of the checks. */
class ListParametersTest extends ServerTest {
  private static final String OF_CLUSTER =
      "/v1.0/" + PROJECT + "/clusters/" + CLUSTER + "/snapshots";

  @BeforeAll
  void create() throws ApiException {
    for (int i = 0; i < 2; i++) {
      create(PROJECT, CLUSTER, freshName());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1.0",
        "limit=1e1",
        "limit=%2B1",
        "limit=01",
        "limit=%201",
        "limit=1%00",
        "limit=2147483648",
        "limit=99999999999999999999",
        "limit=%D9%A1", // a digit, but not of ASCII
        "limit",
        "limit=1&limit=1",
        "offset=",
        "offset=-1",
        "offset=x",
        "offset=2147483648",
        "offset=0&offset=0",
        "sort_key=",
        "sort_key=Started",
        "sort_key=id",
        "sort_key=size",
        "sort_key=started,name",
        "sort_key=name%20DESC",
        "sort_key=name&sort_key=name",
        "sort_dir=",
        "sort_dir=ASC",
        "sort_dir=up",
        "sort_dir=asc&sort_dir=desc"
      })
  void invalidParameterReturns400AndIsNamed(String query) {
    HttpResponse<String> response = send(request(OF_CLUSTER + "?" + query).GET());
    assertEquals("400 DWS.0001", outcome(response));
    String parameter = query.split("[=&]", 2)[0];
    assertTrue(message(response).contains(parameter + " "), message(response));
  }

  @Test
  void allInvalidParametersAreReportedInOneResponse() {
    assertEquals(
        "Request error: limit is given 2 times (allowed: once);"
            + " offset is \"x\" (allowed: a 32-bit integer, for example 10);"
            + " sort_key is \"id\" (allowed: started, name);"
            + " sort_dir is \"\" (allowed: asc, desc)",
        message(
            send(request(OF_CLUSTER + "?sort_dir=&limit=1&offset=x&sort_key=id&limit=0").GET())));
    assertEquals(
        "Request error: limit is 0 (allowed: at least 1); offset is -1 (allowed: at least 0)",
        message(send(request(OF_CLUSTER + "?limit=0&offset=-1").GET())));
  }

  @Test
  void escapedValuesAreDecodedAndUnknownOnesIgnored() {
    JsonNode list =
        json(send(request(OF_CLUSTER + "?%6cimit=%31&limits=x&status=y&status=z&=&&").GET()));
    assertEquals(1, list.get("snapshots").size());
  }

  @Test
  void unknownClusterReturns404AfterParameterChecks() {
    String other = OF_CLUSTER.replace(CLUSTER, OTHER_CLUSTER);
    assertEquals("404 DWS.0047", outcome(send(request(other).GET())));
    assertEquals("400 DWS.0001", outcome(send(request(other + "?limit=0").GET())));
    String none = OF_CLUSTER.replace(CLUSTER, "x".repeat(1000));
    assertEquals("404 DWS.0047", outcome(send(request(none).GET())));
  }

  @Test
  void checksRunInOrder() {
    HttpRequest.Builder bad = request(OF_CLUSTER + "?limit=0&sort_key=x");
    assertEquals("400 DWS.0001", outcome(send(bad.copy().GET())));
    assertEquals("406 REF.0406", outcome(send(bad.copy().header("Accept", "text/html").GET())));
    assertEquals(
        "403 APIGW.0302",
        outcome(
            send(
                bad.copy()
                    .setHeader("X-Auth-Token", OTHER_TOKEN)
                    .header("Accept", "text/html")
                    .GET())));
  }
}
