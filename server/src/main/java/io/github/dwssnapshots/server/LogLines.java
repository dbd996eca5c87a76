package io.github.dwssnapshots.server;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Writes the log to stderr: time, level, message and stack trace. Buffers lines for 10 ms; a
 * warning or 64 KiB of lines are written at once.
 */
public final class LogLines extends Handler {
  private static final int MAX_PENDING_BYTES = 64 * 1024;
  private final DateTimeFormatter time =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private final OutputStream out;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(MAX_PENDING_BYTES);
  private boolean closed;

  public LogLines() {
    this(new FileOutputStream(FileDescriptor.err));
  }

  LogLines(OutputStream out) {
    this.out = out;
    setFormatter(new SimpleFormatter()); // its format() searches the stack
    Thread writer = new Thread(this::write, "log");
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void publish(LogRecord logged) {
    if (!isLoggable(logged)) {
      return;
    }
    StringWriter line = new StringWriter();
    line.append(time.format(logged.getInstant()) + " " + logged.getLevel().getName());
    line.append(" " + getFormatter().formatMessage(logged) + "\n");
    if (logged.getThrown() != null) {
      logged.getThrown().printStackTrace(new PrintWriter(line, true));
    }
    synchronized (this) {
      pending.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
      boolean isUrgent = logged.getLevel().intValue() >= Level.WARNING.intValue();
      if (isUrgent || closed || pending.size() > MAX_PENDING_BYTES) {
        flush();
      }
      notifyAll();
    }
  }

  private void write() {
    try {
      while (awaitLine()) {
        Thread.sleep(10);
        flush();
      }
    } catch (InterruptedException | OutOfMemoryError e) {
      close(); // further lines are written at once
    }
  }

  private synchronized boolean awaitLine() throws InterruptedException {
    while (pending.size() == 0 && !closed) {
      wait();
    }
    return !closed;
  }

  @Override
  public synchronized void flush() {
    try {
      pending.writeTo(out);
    } catch (IOException e) {
      reportError("the log cannot be written", e, ErrorManager.WRITE_FAILURE);
    }
    pending.reset();
  }

  @Override
  public synchronized void close() {
    closed = true;
    flush();
    notifyAll();
  }
}
