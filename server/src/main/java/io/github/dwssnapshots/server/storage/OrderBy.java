package io.github.dwssnapshots.server.storage;

/**
 * What the list of a cluster can be sorted by; each has an index. The columns make the order total:
 * where the first does not decide, the order of creation does.
 */
public enum OrderBy {
  STARTED("started, seq"),
  NAME("name_key"),
  SIZE("size_gb, started, seq");

  private final String columns;

  OrderBy(String columns) {
    this.columns = columns;
  }

  /** In this direction, for example {@code started DESC, seq DESC}. */
  String columns(boolean descending) {
    String direction = descending ? " DESC" : " ASC";
    return columns.replace(",", direction + ",") + direction;
  }

  /** What comes after a row in this direction, for example {@code (started, seq) < (?, ?)}. */
  String after(boolean descending) {
    return "("
        + columns
        + (descending ? ") < (" : ") > (")
        + columns.replaceAll("[a-z_]+", "?")
        + ")";
  }
}
