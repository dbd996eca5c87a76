package io.github.dwssnapshots.server.http;

import io.github.dwssnapshots.server.error.ErrorCode;
import io.github.dwssnapshots.server.error.Failure;
import io.github.dwssnapshots.server.error.Quoted;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.Parameter;

/**
 * Checks that each query parameter of the operation occurs at most once, with a value of its type.
 * Ignores unknown parameters. Jersey would take the first of several values, accept "+1" and Arabic
 * digits, and send 404 for other values.
 */
public final class QueryFilter implements ContainerRequestFilter {
  /** An integer as in JSON. */
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,9}");

  @Override
  public void filter(ContainerRequestContext request) {
    ExtendedUriInfo uri = (ExtendedUriInfo) request.getUriInfo();
    if (uri.getRequestUri().getRawQuery() == null) {
      return;
    }
    List<Parameter> parameters =
        uri.getMatchedResourceMethod().getInvocable().getParameters().stream()
            .filter(parameter -> parameter.getSource() == Parameter.Source.QUERY)
            .toList();
    String faults =
        parameters.stream()
            .flatMap(
                parameter ->
                    fault(
                        parameter,
                        uri.getQueryParameters().getOrDefault(parameter.getSourceName(), List.of()))
                        .stream())
            .collect(Collectors.joining("; "));
    if (!faults.isEmpty()) {
      throw new Failure(ErrorCode.INVALID_REQUEST, "%s", faults);
    }
  }

  private static Optional<String> fault(Parameter parameter, List<String> values) {
    String name = parameter.getSourceName();
    if (values.size() > 1) {
      return Optional.of(
          String.format(Locale.ROOT, "%s is given %d times (allowed: once)", name, values.size()));
    }
    return values.stream()
        .findFirst()
        .filter(value -> !allowed(parameter.getRawType(), value))
        .map(value -> name + " is " + Quoted.of(value) + " (allowed: " + expected(parameter) + ")");
  }

  private static boolean allowed(Class<?> type, String value) {
    if (type == Integer.class) {
      return INTEGER.matcher(value).matches()
          && Long.parseLong(value) >= Integer.MIN_VALUE
          && Long.parseLong(value) <= Integer.MAX_VALUE;
    }
    return !type.isEnum()
        || Arrays.stream(type.getEnumConstants()).map(Object::toString).anyMatch(value::equals);
  }

  private static String expected(Parameter parameter) {
    return parameter.getRawType().isEnum()
        ? Arrays.stream(parameter.getRawType().getEnumConstants())
            .map(Object::toString)
            .collect(Collectors.joining(", "))
        : "a 32-bit integer, for example 10";
  }
}
