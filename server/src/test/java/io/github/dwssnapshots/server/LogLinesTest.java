package io.github.dwssnapshots.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final LogLines log = new LogLines(written);

  @AfterEach
  void close() {
    log.close();
  }

  private static LogRecord record(Level level, String message, Instant time) {
    LogRecord logged = new LogRecord(level, message);
    logged.setInstant(time);
    return logged;
  }

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void lineHasTimeLevelAndMessage() {
    DateTimeFormatter wanted =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT)
            .withZone(ZoneId.systemDefault());
    for (String time :
        new String[] {
          "2026-11-25T10:00:00.007Z", "2026-11-25T10:00:00.98Z", "2027-01-01T00:00:00Z"
        }) {
      written.reset();
      LogRecord logged = record(Level.WARNING, "of {0}", Instant.parse(time));
      logged.setParameters(new Object[] {"\u00e9"});
      log.publish(logged);
      assertEquals(wanted.format(Instant.parse(time)) + " WARNING of \u00e9\n", written());
    }
  }

  @Test
  void recordWithoutAMessageIsWritten() {
    LogRecord logged = new LogRecord(Level.WARNING, null);
    log.publish(logged);
    assertTrue(written().endsWith(" WARNING null\n"), written());
  }

  @Test
  void stackTraceFollowsItsLine() {
    LogRecord logged = record(Level.SEVERE, "defect", Instant.EPOCH);
    logged.setThrown(new IllegalStateException("why"));
    log.publish(logged);
    assertTrue(written().contains(" SEVERE defect\njava.lang.IllegalStateException: why\n\tat "));
  }

  @Test
  void infoIsWrittenSoonAndInOrder() {
    log.publish(record(Level.INFO, "first", Instant.EPOCH));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          while (!written().contains("first")) {
            Thread.sleep(1);
          }
        });
    log.publish(record(Level.INFO, "second", Instant.EPOCH));
    log.publish(record(Level.WARNING, "third", Instant.EPOCH));
    assertTrue(written().matches("(?s).*first\n.*second\n.*third\n"), written());
  }

  @Test
  void closeWritesBufferedLines() {
    log.publish(record(Level.INFO, "last", Instant.EPOCH));
    log.close();
    assertTrue(written().endsWith(" INFO last\n"), written());
  }
}
