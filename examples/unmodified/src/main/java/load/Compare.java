package load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The three web servers on threads of several kinds: {@code Compare CONNECTIONS REQUESTS RUNNER
 * [SERVER...]}, where the runner is {@code bin/gevent4j}. The backend, the server and the client
 * are processes of their own.
 */
public final class Compare {
  private static final int WARM_UPS = 3;

  /** What a process has used so far. */
  private record Usage(long switches, double cpuSeconds, int threads) {}

  private final String connections;
  private final String requests;

  private Compare(String connections, String requests) {
    this.connections = connections;
    this.requests = requests;
  }

  public static void main(String[] args) throws Exception {
    Map<String, List<String>> ways = new LinkedHashMap<>();
    ways.put("platform threads", List.of("java"));
    if (Runtime.version().feature() >= 21) {
      ways.put("virtual threads", List.of("java", "-Dvirtual=true"));
    }
    ways.put("greenlets, 1 hub", List.of(args[2], "run", "-w", "1"));
    ways.put("greenlets, 2 hubs", List.of(args[2], "run", "-w", "2"));
    List<String> servers = List.of("TomcatServer", "JettyServer", "SpringApp");
    if (args.length > 3) {
      servers = Arrays.asList(args).subList(3, args.length);
    }
    Compare compare = new Compare(args[0], args[1]);
    System.out.println("JDK " + Runtime.version() + ", " + args[0] + " connections");
    for (String server : servers) {
      for (String way : ways.keySet()) {
        System.out.println(server + ", " + way + ": " + compare.measure(ways.get(way), server));
      }
    }
  }

  private String measure(List<String> way, String server) throws Exception {
    Process backend = start(List.of("java", "load.SlowBackend"), "");
    String options =
        "-Xmx1g -Dhttp.maxConnections=1000 -Dbackend=http://127.0.0.1:" + port(backend);
    Process process = start(both(way, "web." + server), options);
    try {
      List<String> load = List.of("java", "load.LoadClient", port(process), connections, requests);
      BufferedReader client = start(both(load, Integer.toString(WARM_UPS + 1)), "").inputReader();
      for (int i = 0; i < WARM_UPS; i++) {
        client.readLine();
      }
      Usage before = usage(process.pid());
      String said = client.readLine();
      Usage after = usage(process.pid());
      double count = Double.parseDouble(requests);
      return "%s, %.1f switches and %.2f ms of CPU per request, %d kernel threads in all"
          .formatted(
              said,
              (after.switches - before.switches) / count,
              (after.cpuSeconds - before.cpuSeconds) * 1e3 / count,
              after.threads);
    } finally {
      for (Process either : List.of(process, backend)) {
        either.destroyForcibly().waitFor();
      }
    }
  }

  private static List<String> both(List<String> some, String other) {
    List<String> all = new ArrayList<>(some);
    all.add(other);
    return all;
  }

  /** Starts it with this program's class path, and its JDK. */
  private static Process start(List<String> command, String options) throws IOException {
    List<String> all = new ArrayList<>(command);
    if (all.get(0).equals("java")) {
      all.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JDK_JAVA_OPTIONS", options);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String port(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("listening on ")) {
        return line.substring("listening on ".length());
      }
    }
    throw new IOException("it does not listen: " + process.info().commandLine());
  }

  private static Usage usage(long pid) throws IOException {
    long switches = 0;
    int threads = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks.toList()) {
        switches += switches(task.resolve("status"));
        threads++;
      }
    }
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // utime, stime
    return new Usage(switches, ticks / 100.0, threads);
  }

  private static long switches(Path status) throws IOException {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.contains("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll(".*\\s", "")))
          .sum();
    } catch (IOException ended) {
      return 0;
    }
  }
}
