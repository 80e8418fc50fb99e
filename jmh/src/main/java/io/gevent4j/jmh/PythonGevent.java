package io.gevent4j.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code rivals/python3_gevent.py} has measured; nothing where it was not run. */
final class PythonGevent {
  private final Map<String, Double> nanos = new HashMap<>(); // by benchmark and parameter
  private final List<String[]> late = new ArrayList<>();
  private String version;

  private PythonGevent() {}

  static PythonGevent read(Path csv) throws IOException {
    PythonGevent python = new PythonGevent();
    if (Files.exists(csv)) {
      for (String line : Files.readAllLines(csv)) {
        python.add(line.split(",", -1));
      }
    }
    return python;
  }

  private void add(String[] cells) {
    switch (cells[0]) {
      case "version":
        version = cells[2];
        break;
      case "time":
        nanos.put(cells[1] + "," + cells[2], Double.valueOf(cells[3]));
        break;
      default:
        late.add(Arrays.copyOfRange(cells, 1, cells.length));
    }
  }

  boolean isThere() {
    return version != null;
  }

  String version() {
    return version;
  }

  /** The same in gevent; null where there is no such thing, or it was not measured. */
  String nanos(Row row) {
    Double known = nanos.get(row.benchmark() + "," + row.parameter());
    return known == null ? null : String.format(Locale.ROOT, "%,.0f", known / row.perOp());
  }

  /** As {@link Latency#print} has them. */
  List<String[]> late() {
    return late;
  }
}
