package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dwssnapshots.server.fault.Fault;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The error statuses that a test of a client can ask for are those of the contract. */
class InjectedStatusesTest extends ServerTest {
  @AfterEach
  void clear() {
    server.faults().clear();
  }

  static List<Contract.Operation> operations() {
    return Contract.read().operations();
  }

  private HttpResponse<String> send(Contract.Operation operation) {
    String path =
        operation
            .path()
            .replace("{project_id}", PROJECT)
            .replace("{cluster_id}", CLUSTER)
            .replace("{snapshot_id}", "none");
    String method = operation.method().toUpperCase(Locale.ROOT);
    return send(
        request(path)
            .method(method, BodyPublishers.ofString(method.equals("POST") ? body("x") : "")));
  }

  /** {@link ContractHttpClient} validates each response. */
  @ParameterizedTest
  @MethodSource("operations")
  void eachErrorStatusOfTheContractCanBeInjected(Contract.Operation operation) {
    Map<Integer, Set<String>> codes = Contract.read().errorCodes(operation);
    for (int status = 400; status < 600; status++) {
      int injected = status;
      if (codes.containsKey(status)) {
        server.faults().set(Fault.status(operation.id(), status));
        HttpResponse<String> response = send(operation);
        assertEquals(status, response.statusCode());
        String code = json(response).get("error_code").asText();
        assertTrue(codes.get(status).contains(code), status + " " + code);
      } else {
        assertThrows(IllegalArgumentException.class, () -> Fault.status(operation.id(), injected));
      }
    }
  }
}
