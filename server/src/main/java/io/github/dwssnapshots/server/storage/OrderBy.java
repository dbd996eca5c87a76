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

  /** What places a row in the order, for example {@code started, seq}. */
  String columns() {
    return columns;
  }

  /** In this direction, for example {@code started DESC, seq DESC}. */
  String inDirection(boolean descending) {
    String direction = descending ? " DESC" : " ASC";
    return columns.replace(",", direction + ",") + direction;
  }

  /** What comes after a place in this direction, for example {@code (started, seq) < (?, ?)}. */
  String after(boolean descending) {
    String values = columns.replaceAll("[a-z_]+", "?");
    return "(" + columns + (descending ? ") < (" : ") > (") + values + ")";
  }
}
