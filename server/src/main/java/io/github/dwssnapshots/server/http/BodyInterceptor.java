package io.github.dwssnapshots.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that a body is UTF-8, parses it, and translates Jackson's errors into failures. */
public final class BodyInterceptor implements ReaderInterceptor {
  interface BodyReader<T> {
    T read(InputStream body) throws IOException;
  }

  @Override
  public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
    InputStream sent = context.getInputStream();
    byte[] whole = sent.readNBytes(sent.available()); // complete, see BodyAggregator
    return checked(
        whole,
        body -> {
          context.setInputStream(body);
          return context.proceed();
        });
  }

  static <T> T checked(byte[] body, BodyReader<T> reader) throws IOException {
    checkText(body);
    try {
      return reader.read(new ByteArrayInputStream(body));
    } catch (JsonProcessingException e) {
      throw invalid(fault(e));
    }
  }

  /** Jackson guesses UTF-16 from NUL or a byte order mark, and accepts overlong UTF-8. */
  private static void checkText(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), body)) {
      throw invalid("the body is not UTF-8");
    }
    if (text.isBlank()) {
      throw invalid("the body is empty; it must be a JSON object");
    }
    if (text.charAt(0) == '\ufeff') {
      throw invalid("the body starts with a byte order mark; send it without");
    }
    if (text.indexOf('\0') >= 0) {
      throw invalid("the body has a NUL byte; it must be JSON in UTF-8");
    }
  }

  private static String fault(JsonProcessingException e) {
    if (e.getOriginalMessage().startsWith("Duplicate field")) { // Jackson has no class for it
      String property = e.getOriginalMessage().replaceFirst("(?s)Duplicate field '(.*)'", "$1");
      return "duplicate property " + Quoted.of(property) + place(e);
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      String known =
          unknown.getKnownPropertyIds().stream()
              .map(Object::toString)
              .sorted()
              .collect(Collectors.joining(", "));
      return "unknown property " + Quoted.of(path(unknown.getPath())) + "; allowed: " + known;
    }
    if (e instanceof InvalidNullException isNull) {
      return path(isNull.getPath()) + " must not be null";
    }
    if (e instanceof MismatchedInputException mismatch) {
      return mismatch(mismatch);
    }
    if (e instanceof StreamConstraintsException
        || e.getCause() instanceof StreamConstraintsException) { // for a number
      return "the body is nested too deeply, or a name or number in it is too long" + place(e);
    }
    if (e instanceof JsonEOFException) {
      return "the body ends before the JSON is complete";
    }
    return "the body is not JSON" + place(e);
  }

  private static String mismatch(MismatchedInputException e) {
    if (e.getPath().isEmpty() && e.getMessage().startsWith("Trailing token")) {
      return "there is text after the JSON object" + place(e);
    }
    String expected = String.class.equals(e.getTargetType()) ? "a string" : "an object";
    return path(e.getPath()) + " must be " + expected;
  }

  private static String path(List<Reference> steps) {
    String path = steps.stream().map(Reference::getFieldName).collect(Collectors.joining("."));
    return path.isEmpty() ? "the body" : path;
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : ", at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static Failure invalid(String detail) {
    return new Failure(ErrorCode.INVALID_REQUEST, "%s", detail);
  }
}
