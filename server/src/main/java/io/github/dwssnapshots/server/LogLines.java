package io.github.dwssnapshots.server;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Writes the log to stderr, a line for each record: time, level, message, and the stack trace where
 * there is one. The JDK's handler looks for the caller of each record, formats its time anew and
 * writes it on its own; with a line for each request that was a fifth of all that the server did.
 * Here the lines of some milliseconds are written at once; from WARNING on, each at once.
 *
 * <p>Named in logging.properties, where another handler can be.
 */
public final class LogLines extends Handler {
  private static final long MOST_DELAY_MILLIS = 10;

  /**
   * Past it the lines are written at once. While lines are written whoever logs waits: a stderr
   * that nobody reads holds up the server, as it would with the JDK's handler.
   */
  private static final int MOST_GATHERED_BYTES = 64 * 1024;

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.", Locale.ROOT);
  private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("xx ", Locale.ROOT);

  private final OutputStream out;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream(MOST_GATHERED_BYTES);
  private final Thread writer = new Thread(this::writeOften, "log");
  private long second = Long.MIN_VALUE;
  private String timeOfSecond = "";
  private String zone = "";
  private volatile boolean closed;

  /** Made by the JDK, from logging.properties. */
  public LogLines() {
    this(new FileOutputStream(FileDescriptor.err));
  }

  LogLines(OutputStream out) {
    this.out = out;
    setFormatter(new SimpleFormatter()); // of its work only the message with its values is used
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void publish(LogRecord logged) {
    if (!isLoggable(logged)) {
      return;
    }
    String message = String.valueOf(getFormatter().formatMessage(logged)); // may be null
    synchronized (this) {
      if (gathered.size() == 0) {
        notifyAll();
      }
      gathered.writeBytes(line(logged, message).getBytes(StandardCharsets.UTF_8));
      if (gathered.size() > MOST_GATHERED_BYTES
          || logged.getLevel().intValue() >= Level.WARNING.intValue()
          || closed) {
        flush();
      }
    }
  }

  private String line(LogRecord logged, String message) {
    Instant time = logged.getInstant();
    if (time.getEpochSecond() != second) {
      ZonedDateTime here = time.atZone(ZoneId.systemDefault());
      second = time.getEpochSecond();
      timeOfSecond = SECOND.format(here);
      zone = ZONE.format(here);
    }
    StringBuilder line = new StringBuilder(message.length() + 40).append(timeOfSecond);
    int millis = time.getNano() / 1_000_000;
    line.append((char) ('0' + millis / 100)).append((char) ('0' + millis / 10 % 10));
    line.append((char) ('0' + millis % 10)).append(zone);
    line.append(logged.getLevel().getName()).append(' ').append(message).append('\n');
    if (logged.getThrown() != null) {
      StringWriter trace = new StringWriter();
      logged.getThrown().printStackTrace(new PrintWriter(trace, true));
      line.append(trace);
    }
    return line.toString();
  }

  private void writeOften() {
    try {
      while (!closed) {
        awaitLine();
        Thread.sleep(MOST_DELAY_MILLIS);
        writeNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; each line would wait for the next warning
    }
  }

  private void writeNow() {
    try {
      flush();
    } catch (Error e) { // no memory: the lines are kept, and there may be some the next time
      reportError(e.toString(), new IllegalStateException(e), ErrorManager.FLUSH_FAILURE);
    }
  }

  private synchronized void awaitLine() throws InterruptedException {
    while (gathered.size() == 0 && !closed) {
      wait();
    }
  }

  @Override
  public synchronized void flush() {
    if (gathered.size() == 0) {
      return;
    }
    try {
      gathered.writeTo(out);
    } catch (IOException e) {
      reportError("the log cannot be written", e, ErrorManager.WRITE_FAILURE);
    }
    gathered.reset();
  }

  @Override
  public synchronized void close() {
    closed = true;
    flush();
    notifyAll();
  }
}
