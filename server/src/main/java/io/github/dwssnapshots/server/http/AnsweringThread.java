package io.github.dwssnapshots.server.http;

import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Says where the answer to a request is made: by the thread that reads from its connection. Threads
 * of their own for the answers would compete with those for the processors; 32 clients got a tenth
 * fewer answers.
 *
 * <p>Safe for any number of threads.
 */
public final class AnsweringThread {
  @SuppressWarnings("ThreadLocalUsage") // each server has one, and it is empty after each request
  private final ThreadLocal<Executor> current = new ThreadLocal<>();

  /**
   * For the request that is handled at the moment, by this thread: runs whatever is to be done with
   * what the storage says.
   */
  public Executor ofThisRequest() {
    return Optional.ofNullable(current.get())
        .orElseThrow(() -> new IllegalStateException("this thread handles no request"));
  }

  /** Handles a request that this executor is to answer. */
  void handle(Executor answering, Runnable request) {
    current.set(answering);
    try {
      request.run();
    } finally {
      current.remove();
    }
  }
}
