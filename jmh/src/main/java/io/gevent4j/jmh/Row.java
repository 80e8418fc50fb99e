package io.gevent4j.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of JMH's results is shown under which name. {@code parameter} may be empty; {@code perOp} is
 * how many of what is shown JMH's op is made of.
 */
record Row(String name, String benchmark, String parameter, int perOp) {
  static final String SWITCH = "RawGreenlet, there and back, depth 1";
  static final String TWO_PLACES = "RawGreenlet, from two places in the code";
  static final String OLD = "RawGreenlet, old objects";
  static final String CONTINUATION = "Continuation, run and yield, depth 1";
  static final String YIELD = "virtual thread, yield, depth 1";
  static final String SPAWN = "RawGreenlet, from the pool";

  static final List<Row> SWITCHES = new ArrayList<>();
  static final List<Row> SPAWNS =
      List.of(
          new Row(SPAWN, "SpawnBenchmark.greenletPooled", "", 1),
          new Row("RawGreenlet, on a new thread each", "SpawnBenchmark.greenletCold", "", 1),
          new Row("Continuation", "ContinuationBenchmark.spawn", "", 1),
          new Row(
              "virtual thread, by one on its carrier",
              "SpawnBenchmark.virtualThreadByVirtual",
              "",
              1),
          new Row("virtual thread, by a platform thread", "SpawnBenchmark.virtualThread", "", 1),
          new Row("platform thread", "SpawnBenchmark.platformThread", "", 1));

  static final String SLEEP = "sleep(0), %,d";
  static final String SPAWN_JOIN = "Greenlet, one by one";
  static final String SPAWN_JOIN_AT_ONCE = "Greenlet, 1,000 at once";

  static final List<Row> SLEEPS = new ArrayList<>();
  static final List<Row> SPAWN_JOINS =
      List.of(
          new Row(SPAWN_JOIN, "SpawnJoinBenchmark.greenlet", "", 1),
          new Row(SPAWN_JOIN_AT_ONCE, "SpawnJoinBenchmark.greenletsAtOnce", "", 1),
          new Row("spawnRaw, one by one", "SpawnJoinBenchmark.rawGreenlet", "", 1),
          new Row("spawnRaw, 1,000 at once", "SpawnJoinBenchmark.rawGreenletsAtOnce", "", 1),
          virtual("one by one, by one on its only carrier", "virtualByVirtualOnOneCarrier"),
          virtual("one by one, by a virtual one", "virtualByVirtual"),
          virtual("one by one, by a platform thread", "virtualByPlatform"),
          virtual(
              "1,000 at once, by one on its only carrier", "virtualAtOnceByVirtualOnOneCarrier"),
          virtual("1,000 at once, by a virtual one", "virtualAtOnceByVirtual"),
          virtual("1,000 at once, by a platform thread", "virtualAtOnceByPlatform"));
  static final List<Row> TIMERS = new ArrayList<>();

  static final String HAND_OFF = "an item, one way";
  static final String HAND_OFF_AND_BACK = "an item, there and back";

  static final List<Row> TALKS = new ArrayList<>();
  static final List<Row> WITHOUT_WAITING = new ArrayList<>();
  static final List<Row> POOLS = new ArrayList<>();

  static {
    SWITCHES.add(new Row("empty JNI call", "SwitchBenchmark.emptyJniCall", "", 1));
    atDepths("RawGreenlet, there and back", "SwitchBenchmark.thereAndBack");
    SWITCHES.add(new Row(TWO_PLACES, "SwitchBenchmark.thereAndBackTwoPlaces", "", 2));
    SWITCHES.add(new Row(OLD, "SwitchBenchmark.thereAndBackOld", "", 2));
    for (int count : List.of(2, 100, 1_000, 5_000)) {
      String name = String.format(Locale.ROOT, "RawGreenlet, %,d in a circle", count);
      SWITCHES.add(new Row(name, "SwitchBenchmark.roundRobin", Integer.toString(count), 1));
    }
    atDepths("Continuation, run and yield", "ContinuationBenchmark.thereAndBack");
    atDepths("virtual thread, yield", "VirtualThreadBenchmark.yield");
    SWITCHES.add(
        new Row("virtual thread, SynchronousQueue", "VirtualThreadBenchmark.handOff", "", 2));
    SWITCHES.add(
        new Row(
            "platform thread, SynchronousQueue", "SwitchBenchmark.platformThreadHandOff", "", 2));
    for (int count : List.of(1, 100, 1_000)) {
      SLEEPS.add(one(SLEEP, count, "SleepBenchmark.greenlet"));
    }
    for (int count : List.of(1, 100, 1_000)) {
      SLEEPS.add(one("virtual thread, yield, %,d", count, "SleepBenchmark.virtualThread"));
    }
    atPending("timer", "watcher");
    atPending("new timer", "newWatcher");
    atPending("ScheduledThreadPoolExecutor", "scheduledThreadPool");
    atPending("ForkJoinPool", "delaySchedulerOfForkJoinPool");
    TIMERS.add(new Row("new Timeout", "TimeoutBenchmark.timeout", "", 1));
    TIMERS.add(new Row("the same Timeout again", "TimeoutBenchmark.timeoutAgain", "", 1));
    TIMERS.add(new Row("CompletableFuture.orTimeout", "TimeoutBenchmark.completableFuture", "", 1));
    talks();
    pools();
  }

  private static void talks() {
    talk(TALKS, "Channel, " + HAND_OFF, "Channel", "oneWay", 1);
    threads(TALKS, "SynchronousQueue, " + HAND_OFF, "Channel", "oneWay", 1);
    talk(TALKS, "Channel, " + HAND_OFF_AND_BACK, "Channel", "thereAndBack", 2);
    threads(TALKS, "SynchronousQueue, " + HAND_OFF_AND_BACK, "Channel", "thereAndBack", 2);
    threads(TALKS, "Exchanger, " + HAND_OFF_AND_BACK, "Exchanger", "", 2);
    talk(TALKS, "Queue(1)", "Queue", "one", 1);
    threads(TALKS, "ArrayBlockingQueue(1)", "Queue", "one", 1);
    talk(TALKS, "Event", "Event", "", 2);
    threads(TALKS, "flag and LockSupport.park", "Event", "", 2);
    talk(TALKS, "Semaphore, waited for", "Semaphore", "contended", 2);
    threads(TALKS, "Semaphore, waited for", "Semaphore", "contended", 2);
    talk(TALKS, "AsyncResult", "AsyncResult", "", 2);
    threads(TALKS, "CompletableFuture", "AsyncResult", "", 2);
    talk(TALKS, "TcpSocket, 64 B", "SocketPair", "tcp", 2);
    threads(TALKS, "java.net.Socket, 64 B", "SocketPair", "tcp", 2);
    talk(TALKS, "UnixSocket, 64 B", "SocketPair", "unix", 2);
    threads(TALKS, "SocketChannel of unix, 64 B", "SocketPair", "unix", 2);
    talk(WITHOUT_WAITING, "Queue, 100 at a time", "Queue", "laps", Talk.LAP);
    threads(WITHOUT_WAITING, "LinkedBlockingQueue, 100 at a time", "Queue", "laps", Talk.LAP);
    talk(WITHOUT_WAITING, "Queue, by one alone", "Queue", "alone", Talk.LAP);
    threads(WITHOUT_WAITING, "LinkedBlockingQueue, by one alone", "Queue", "alone", Talk.LAP);
    talk(WITHOUT_WAITING, "Semaphore, free", "Semaphore", "free", Talk.LAP);
    threads(WITHOUT_WAITING, "Semaphore, free", "Semaphore", "free", Talk.LAP);
  }

  private static void talk(List<Row> rows, String name, String what, String how, int perOp) {
    rows.add(new Row(name, what + "Benchmark.greenlets", how, perOp));
  }

  private static void threads(List<Row> rows, String name, String what, String how, int perOp) {
    String benchmark = what + "Benchmark.";
    rows.add(new Row("virtual threads, " + name, benchmark + "virtualThreads", how, perOp));
    rows.add(
        new Row(
            "virtual threads on one carrier, " + name,
            benchmark + "virtualThreadsOnOneCarrier",
            how,
            perOp));
    rows.add(new Row("platform threads, " + name, benchmark + "platformThreads", how, perOp));
  }

  private static void pools() {
    POOLS.add(new Row("Pool(100).map, 1,000 numbers", "PoolBenchmark.map", "", 1));
    POOLS.add(
        new Row("Pool(100).imapUnordered, 1,000 numbers", "PoolBenchmark.imapUnordered", "", 1));
    threads(POOLS, "100 at a time, 1,000 numbers", "Pool", "", 1);
    for (String how : List.of("", "AtOnce")) {
      String calls = how.isEmpty() ? ", one by one" : ", 1,000 at once";
      POOLS.add(new Row("ThreadPool(1)" + calls, "ThreadPoolBenchmark.greenlet" + how, "", 1));
      for (String who : List.of("virtual", "platform")) {
        POOLS.add(
            new Row(
                who + " thread, executor of one thread" + calls,
                "ThreadPoolBenchmark." + who + "Thread" + how,
                "",
                1));
      }
      POOLS.add(
          new Row(
              "virtual thread on one carrier, executor of one thread" + calls,
              "ThreadPoolBenchmark.virtualThread" + how + "OnOneCarrier",
              "",
              1));
    }
  }

  /** What is to allocate nothing. */
  static List<Row> withoutGarbage() {
    return Stream.concat(TALKS.stream(), WITHOUT_WAITING.stream())
        .filter(row -> row.name().matches("(Event|Channel|Queue|Semaphore|TcpSocket|UnixSocket).*"))
        .collect(Collectors.toList());
  }

  /** In the order of the tables. */
  static List<Row> all() {
    return Stream.of(SWITCHES, SPAWNS, SLEEPS, SPAWN_JOINS, TIMERS, TALKS, WITHOUT_WAITING, POOLS)
        .flatMap(List::stream)
        .collect(Collectors.toList());
  }

  private static Row one(String name, int parameter, String benchmark) {
    return new Row(
        String.format(Locale.ROOT, name, parameter), benchmark, Integer.toString(parameter), 1);
  }

  private static Row virtual(String how, String benchmark) {
    return new Row("virtual thread, " + how, "SpawnJoinBenchmark." + benchmark, "", 1);
  }

  private static void atPending(String name, String benchmark) {
    for (int pending : List.of(1_000, 100_000, 1_000_000)) {
      TIMERS.add(one(name + ", %,d pending", pending, "TimerBenchmark." + benchmark));
    }
  }

  private static void atDepths(String name, String benchmark) {
    for (String depth : List.of("1", "20", "100", "500")) {
      SWITCHES.add(new Row(name + ", depth " + depth, benchmark, depth, 2));
    }
  }

  /** Of the JDKs before 21, or before 25. */
  boolean isAbsentFrom(int jdk) {
    return jdk < 21 && name.matches("(Continuation|virtual).*")
        || jdk < 25 && name.startsWith("ForkJoinPool");
  }
}
