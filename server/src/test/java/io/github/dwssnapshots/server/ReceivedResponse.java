package io.github.dwssnapshots.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;

/** A response whose body was received as bytes and then converted by a body handler. */
record ReceivedResponse<T>(HttpResponse<byte[]> wire, T body) implements HttpResponse<T> {
  /** Passes the received bytes to the handler. */
  static <T> HttpResponse<T> of(
      HttpResponse<byte[]> response, HttpResponse.BodyHandler<T> handler) {
    HttpResponse.BodySubscriber<T> subscriber =
        handler.apply(
            new HttpResponse.ResponseInfo() {
              @Override
              public int statusCode() {
                return response.statusCode();
              }

              @Override
              public HttpHeaders headers() {
                return response.headers();
              }

              @Override
              public HttpClient.Version version() {
                return response.version();
              }
            });
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    subscriber.onNext(List.of(ByteBuffer.wrap(response.body())));
    subscriber.onComplete();
    return new ReceivedResponse<>(response, subscriber.getBody().toCompletableFuture().join());
  }

  @Override
  public int statusCode() {
    return wire.statusCode();
  }

  @Override
  public HttpRequest request() {
    return wire.request();
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public HttpHeaders headers() {
    return wire.headers();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return wire.sslSession();
  }

  @Override
  public URI uri() {
    return wire.uri();
  }

  @Override
  public HttpClient.Version version() {
    return wire.version();
  }
}
