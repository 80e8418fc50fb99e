package io.gevent4j.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Has JMH run code that knows nothing of greenlets: with the agent, on platform threads and on
 * virtual ones, each for one thing after the other, so that all of them meet the same machine.
 * Prints the tables.
 *
 * <p>Arguments: how (quick or long); which by their name (a pattern, or empty); the agent's jar;
 * the home of a JDK, and of others.
 */
final class UnmodifiedRun {
  private static final String SLEEP = "Thread.sleep of 1 ms: late by";
  private static final long MILLISECOND = 1_000_000; // nanoseconds
  private static final int JDK_WITH_VIRTUAL_THREADS = 21;
  private static final int JDK_THAT_WARNS_OF_UNSAFE = 24;

  private final boolean quick;
  private final Pattern which;
  private final String agent;

  private UnmodifiedRun(boolean quick, String which, String agent) {
    this.quick = quick;
    this.which = Pattern.compile(which, Pattern.CASE_INSENSITIVE);
    this.agent = agent;
  }

  public static void main(String[] args) throws IOException, RunnerException {
    UnmodifiedRun run = new UnmodifiedRun(args[0].equals("quick"), args[1], args[2]);
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    for (String home : List.of(args).subList(3, args.length)) {
      Jdk jdk = Jdk.at(home);
      out.println(UnmodifiedTable.talks(jdk.version, run.talks(jdk)));
    }
  }

  // ---- who

  /** What the program's threads are. */
  enum Kind {
    GREENLET("greenlets"),
    PLATFORM("platform threads"),
    VIRTUAL("virtual threads"),
    ONE_CARRIER("virtual, one carrier");

    final String title;

    Kind(String title) {
      this.title = title;
    }

    boolean isVirtual() {
      return this == VIRTUAL || this == ONE_CARRIER;
    }
  }

  private record Jdk(String home, int version) {
    static Jdk at(String home) throws IOException {
      for (String line : Files.readAllLines(Path.of(home, "release"))) {
        if (line.startsWith("JAVA_VERSION=")) {
          return new Jdk(home, Runtime.Version.parse(line.split("\"")[1]).feature());
        }
      }
      throw new IOException("no version in " + home + "/release");
    }

    boolean has(Kind kind) {
      return !kind.isVirtual() || version >= JDK_WITH_VIRTUAL_THREADS;
    }
  }

  private List<String> flags(Jdk jdk, Kind kind) {
    List<String> flags = new ArrayList<>(List.of(Flags.NATIVE, cache()));
    if (jdk.version >= JDK_THAT_WARNS_OF_UNSAFE) {
      flags.add("--sun-misc-unsafe-memory-access=allow"); // JMH uses it
    }
    if (kind == Kind.GREENLET) {
      flags.add("-javaagent:" + agent + "=w=1");
    } else if (kind == Kind.ONE_CARRIER) {
      flags.addAll(List.of(Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER));
    }
    return flags;
  }

  /** Where this process has its own native library, too. */
  private static String cache() {
    String name = "org.bytedeco.javacpp.cachedir";
    return "-D" + name + "=" + System.getProperty(name);
  }

  // ---- what

  private Map<String, Map<Kind, Cost>> talks(Jdk jdk) throws RunnerException {
    Map<String, Map<Kind, Cost>> costs = new LinkedHashMap<>();
    for (JdkTalk talk : JdkTalk.values()) {
      for (Kind kind : kinds(jdk, talk.title)) {
        Cost cost = run(jdk, flags(jdk, kind), method(talk, kind), talk);
        put(costs, talk.title, kind, cost.over(talk.perTurn));
      }
    }
    for (Kind kind : kinds(jdk, SLEEP)) {
      String method = kind.isVirtual() ? "virtualThreads" : "threads";
      Cost cost =
          run(jdk, flags(jdk, kind), LatenessBenchmark.class.getName() + "." + method, null);
      put(costs, SLEEP, kind, cost.minus(MILLISECOND));
    }
    return costs;
  }

  private List<Kind> kinds(Jdk jdk, String title) {
    List<Kind> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (which.matcher(title).find() && jdk.has(kind)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private static String method(JdkTalk talk, Kind kind) {
    boolean few = kind == Kind.PLATFORM || talk == JdkTalk.START;
    String method = kind.isVirtual() ? "virtualThreads" : few ? "threadsAFew" : "threads";
    return UnmodifiedBenchmark.class.getName() + "." + method;
  }

  private static void put(Map<String, Map<Kind, Cost>> costs, String title, Kind kind, Cost cost) {
    costs.computeIfAbsent(title, t -> new LinkedHashMap<>()).put(kind, cost);
  }

  // ---- by JMH

  private Cost run(Jdk jdk, List<String> flags, String benchmark, JdkTalk what)
      throws RunnerException {
    System.err.println(jdk.version + " " + benchmark + (what == null ? "" : " " + what));
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark) + "$")
            .jvm(Path.of(jdk.home, "bin", "java").toString())
            .jvmArgs(flags.toArray(new String[0]))
            .forks(1)
            .warmupIterations(quick ? 3 : 5)
            .warmupTime(TimeValue.milliseconds(quick ? 200 : 1000))
            .measurementIterations(quick ? 3 : 5)
            .measurementTime(TimeValue.milliseconds(quick ? 250 : 1000))
            .addProfiler(ProcessorTime.class)
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT);
    if (what != null) {
      options = options.param("what", what.name());
    }
    for (RunResult result : new Runner(options.build()).run()) {
      return new Cost(
          result.getPrimaryResult().getScore(),
          secondary(result, ProcessorTime.LABEL),
          secondary(result, "gc.alloc.rate.norm"));
    }
    return Cost.UNKNOWN;
  }

  private static double secondary(RunResult result, String label) {
    for (Map.Entry<String, Result> entry : result.getSecondaryResults().entrySet()) {
      if (entry.getKey().endsWith(label)) {
        return entry.getValue().getScore();
      }
    }
    return Double.NaN;
  }

  /** Nanoseconds, those of processors, and bytes allocated. */
  record Cost(double nanos, double processor, double bytes) {
    static final Cost UNKNOWN = new Cost(Double.NaN, Double.NaN, Double.NaN);

    Cost over(int number) {
      return new Cost(nanos / number, processor / number, bytes / number);
    }

    Cost minus(long asked) {
      return new Cost(nanos - asked, processor, bytes);
    }
  }
}
