package io.gevent4j.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** {@link GuestsWorkload} under every collector, on one kernel thread and on two. */
@Tag("torture")
class GuestsTest {
  private static final double SECONDS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private record Way(String collector, int hubs) {}

  private static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (String collector : List.of("G1", "Parallel", "Serial", "Z", "Shenandoah")) {
      ways.add(new Way(collector, 1 + ways.size() % 2));
    }
    return ways;
  }

  @TestFactory
  Stream<DynamicTest> shouldSurviveWhateverThreadsDo() {
    return Jdk.each(
        "shouldSurviveWhateverThreadsDo",
        ways(),
        (jdk, way) ->
            new Child(jdk, GuestsWorkload.class)
                .options("-Xmx256m", "-XX:+Use" + way.collector() + "GC")
                .arguments(SECONDS, way.hubs())
                .run(PATIENCE)
                .assertOk());
  }

  @TestFactory
  Stream<DynamicTest> shouldSurviveItWithTheBaton() {
    return Jdk.each(
        "shouldSurviveItWithTheBaton",
        jdk ->
            new Child(jdk, GuestsWorkload.class)
                .options("-Xmx256m")
                .arguments(SECONDS, 1)
                .environment("GEVENT4J_SWITCH", "baton")
                .run(PATIENCE)
                .assertOk());
  }
}
