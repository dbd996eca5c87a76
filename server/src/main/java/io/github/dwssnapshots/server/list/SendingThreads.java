package io.github.dwssnapshots.server.list;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Threads that send long responses; only these wait for a client. Thread-safe. */
public final class SendingThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  /**
   * Threads that start when they are needed.
   *
   * @param waiting responses that can wait for a thread; others get 503
   */
  public SendingThreads(String name, int threads, int waiting) {
    this.threads =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs a task that may wait for a client.
   *
   * @throws RejectedExecutionException if too many wait for a thread
   */
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** Makes one of these threads send the list if it is long, whichever thread completes it. */
  CompletionStage<SnapshotList> sending(CompletionStage<SnapshotList> list) {
    DispatchedList sent = new DispatchedList();
    list.whenComplete(
        (begun, failure) -> {
          if (failure == null) {
            sent.complete(begun);
          } else {
            sent.completeExceptionally(failure);
          }
        });
    return sent;
  }

  /**
   * Hides that the list is complete. Jersey would send it on the current thread, a selector, which
   * must not block.
   */
  private final class DispatchedList extends CompletableFuture<SnapshotList> {
    @Override
    public CompletableFuture<SnapshotList> toCompletableFuture() {
      throw new UnsupportedOperationException("use whenComplete");
    }

    @Override
    public CompletableFuture<SnapshotList> whenComplete(
        BiConsumer<? super SnapshotList, ? super Throwable> action) {
      return super.whenComplete(
          (list, failure) -> {
            if (failure != null || list.isShort()) {
              action.accept(list, failure);
              return;
            }
            try {
              threads.execute(() -> action.accept(list, null));
            } catch (RejectedExecutionException e) {
              action.accept(
                  null, new Failure(ErrorCode.UNAVAILABLE, "too many lists are being sent"));
            }
          });
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
