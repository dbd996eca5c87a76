package io.github.dwssnapshots.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Metrics for Prometheus by Micrometer, an optional dependency. Thread-safe. */
public final class Metrics implements AutoCloseable {
  /** Media type of {@link #text}. */
  public static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** The operation of a request that is rejected before its operation is known. */
  public static final String NO_OPERATION = "none";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private record Labels(String operation, String status) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Labels, Timer> requests = new ConcurrentHashMap<>();

  private Optional<JvmGcMetrics> collections = Optional.empty();

  /**
   * Records a request.
   *
   * @param operation an operationId, or a constant; nothing that a client can choose
   * @param status likewise
   */
  public void request(String operation, String status, long nanos) {
    requests
        .computeIfAbsent(new Labels(operation, status), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Labels labels) {
    return Timer.builder("snapshots.requests")
        .description("Requests and their duration")
        .tag("operation", labels.operation())
        .tag("status", labels.status())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** Shows a value that rises and falls. */
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Shows a count that only rises. */
  public void counter(String name, String description, DoubleSupplier value) {
    FunctionCounter.builder(name, this, metrics -> value.getAsDouble()) // holds this weakly
        .description(description)
        .register(registry);
  }

  /** The metrics in the text format of Prometheus. */
  public String text() {
    showProcess();
    return registry.scrape();
  }

  /** Shows the JVM from the first time that somebody asks: it would delay each start. */
  private synchronized void showProcess() {
    if (collections.isEmpty()) {
      new JvmMemoryMetrics().bindTo(registry);
      new JvmThreadMetrics().bindTo(registry);
      new ProcessorMetrics().bindTo(registry);
      collections = Optional.of(new JvmGcMetrics());
      collections.get().bindTo(registry);
    }
  }

  @Override
  public synchronized void close() {
    collections.ifPresent(JvmGcMetrics::close);
    registry.close();
  }
}
