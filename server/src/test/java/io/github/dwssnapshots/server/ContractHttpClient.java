package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A client that checks each exchange on the contract's paths with a third-party validator. The
 * contract must describe each response, and must allow each request that the server accepts.
 */
final class ContractHttpClient extends HttpClient {
  private static final OpenApiInteractionValidator VALIDATOR =
      OpenApiInteractionValidator.createForSpecificationUrl(Contract.FILE.toString()).build();

  private static final Contract CONTRACT = Contract.read();

  private static final String NO_SUCH_PATH = "validation.request.path.missing";
  private static final String NO_SUCH_METHOD = "validation.request.operation.notAllowed";

  private final HttpClient wire = HttpClient.newHttpClient();

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = wire.send(request, HttpResponse.BodyHandlers.ofByteArray());
    check(request, response);
    return ReceivedResponse.of(response, handler);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return wire.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(
            response -> {
              check(request, response);
              return ReceivedResponse.of(response, handler);
            });
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushPromiseHandler) {
    return sendAsync(request, handler);
  }

  private static void check(HttpRequest request, HttpResponse<byte[]> response) {
    Request.Method method;
    try {
      method = Request.Method.valueOf(request.method());
    } catch (IllegalArgumentException notOfOpenApi) {
      return;
    }
    String path = request.uri().getRawPath();
    ValidationReport answer = VALIDATOR.validateResponse(path, method, answer(response));
    List<String> keys = keys(answer);
    if (keys.contains(NO_SUCH_PATH) || keys.contains(NO_SUCH_METHOD)) {
      return;
    }
    assertEquals(
        List.of(), keys, () -> "the response violates the contract: " + answer.getMessages());
    if (response.statusCode() >= 400 && response.body().length > 0) {
      checkCode(request.method(), path, response);
    }
    if (response.statusCode() < 300) {
      ValidationReport asked = VALIDATOR.validateRequest(asked(request, method, path));
      assertEquals(
          List.of(),
          keys(asked),
          () -> "the server accepted an invalid request: " + asked.getMessages());
    }
  }

  private static void checkCode(String method, String path, HttpResponse<byte[]> response) {
    String body = new String(response.body(), StandardCharsets.UTF_8);
    CONTRACT
        .operation(method, path)
        .ifPresent(
            operation ->
                assertTrue(
                    CONTRACT
                        .errorCodes(operation)
                        .getOrDefault(response.statusCode(), Set.of())
                        .stream()
                        .anyMatch(code -> body.contains("\"" + code + "\"")),
                    () ->
                        "x-error-codes of %s %d lacks the code of %s"
                            .formatted(operation.id(), response.statusCode(), body)));
  }

  private static List<String> keys(ValidationReport report) {
    return report.getMessages().stream()
        .filter(m -> m.getLevel() == ValidationReport.Level.ERROR)
        .map(ValidationReport.Message::getKey)
        .collect(Collectors.toList());
  }

  private static SimpleResponse answer(HttpResponse<byte[]> response) {
    SimpleResponse.Builder answer =
        SimpleResponse.Builder.status(response.statusCode())
            .withBody(new String(response.body(), StandardCharsets.UTF_8));
    response.headers().map().forEach(answer::withHeader);
    return answer.build();
  }

  private static SimpleRequest asked(HttpRequest request, Request.Method method, String path) {
    SimpleRequest.Builder asked = new SimpleRequest.Builder(method, path);
    request.headers().map().forEach(asked::withHeader);
    byte[] body = sent(request);
    if (body.length > 0) {
      asked.withBody(new String(body, StandardCharsets.UTF_8));
      if (request.headers().firstValue("Content-Type").isEmpty()) {
        asked.withHeader(
            "Content-Type", "application/json"); // the default, according to the contract
      }
    }
    query(request.uri()).forEach(asked::withQueryParam);
    return asked.build();
  }

  private static Map<String, List<String>> query(URI uri) {
    return Pattern.compile("&")
        .splitAsStream(Optional.ofNullable(uri.getQuery()).orElse(""))
        .filter(pair -> pair.contains("="))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.groupingBy(
                pair -> pair[0], Collectors.mapping(pair -> pair[1], Collectors.toList())));
  }

  private static byte[] sent(HttpRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request
        .bodyPublisher()
        .ifPresent(
            publisher ->
                publisher.subscribe(
                    new Flow.Subscriber<>() {
                      @Override
                      public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                      }

                      @Override
                      public void onNext(ByteBuffer piece) {
                        byte[] array = new byte[piece.remaining()];
                        piece.get(array);
                        bytes.writeBytes(array);
                      }

                      @Override
                      public void onError(Throwable failure) {
                        throw new IllegalStateException(failure);
                      }

                      @Override
                      public void onComplete() {}
                    }));
    return bytes.toByteArray();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return wire.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return wire.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return wire.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return wire.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return wire.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return wire.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return wire.authenticator();
  }

  @Override
  public Version version() {
    return wire.version();
  }

  @Override
  public Optional<Executor> executor() {
    return wire.executor();
  }
}
