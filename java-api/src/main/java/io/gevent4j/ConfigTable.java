package io.gevent4j;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;

/** What {@code bin/gevent4j config} prints. */
final class ConfigTable {
  private ConfigTable() {}

  /** Ends with 1 where a value is wrong. */
  public static void main(String[] args) {
    List<String[]> rows = new ArrayList<>();
    List<String> complaints = new ArrayList<>();
    rows.add(new String[] {"name", "value", "source", "meaning"});
    for (Setting<?> setting : Config.all()) {
      rows.add(
          new String[] {
            setting.name(),
            setting.text(),
            setting.source(),
            setting.meaning() + ": " + setting.allowed()
          });
      String complaint = setting.complaint();
      if (complaint != null) {
        complaints.add(complaint);
      }
    }
    print(rows);
    System.out.println(
        "\nSources, the strongest first: Config in code, the system property gevent4j.NAME, or\n"
            + Config.all().stream().map(Setting::environment).collect(joining(" ")));
    complaints.forEach(System.err::println);
    System.exit(complaints.isEmpty() ? 0 : 1);
  }

  /** Columns as wide as their widest cell. */
  private static void print(List<String[]> rows) {
    int last = rows.get(0).length - 1;
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < last; column++) {
        int cell = column;
        int width = rows.stream().mapToInt(each -> each[cell].length()).max().getAsInt();
        line.append(row[cell]).append(" ".repeat(width - row[cell].length() + 2));
      }
      System.out.println(line.append(row[last]));
    }
  }
}
