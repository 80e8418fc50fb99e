package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Watchers of the loop's own doings: prepare, check, idle and fork. */
class PhaseTest extends OnEachLoop {
  @Test
  void shouldPrepareBeforeAndCheckAfterThePoll() {
    List<String> seen = new ArrayList<>();
    loop().prepare().start(() -> seen.add("prepare"));
    loop().check().start(() -> seen.add("check"));
    loop().timer(0).start(() -> seen.add("timer"));
    loop().run(true, false);
    assertThat(seen).containsExactly("prepare", "check", "timer");
  }

  @Test
  void shouldIdleOnlyWhenThereIsNothingElse() {
    List<String> seen = new ArrayList<>();
    Watcher idle = loop().idle();
    loop().timer(0).start(() -> seen.add("timer"));
    idle.start(
        () -> {
          seen.add("idle");
          idle.stop();
        });
    run();
    assertThat(seen).containsExactly("timer", "idle");
  }

  // gevent: test__issue639.py
  @Test
  void shouldIdleInEachTurnAndLetTimersFireMeanwhile() {
    int[] idled = new int[1];
    Watcher idle = loop().idle();
    idle.start(() -> idled[0]++);
    loop().timer(0.005).start(idle::stop);
    run();
    assertThat(idled[0]).isGreaterThan(1);
  }

  @Test
  void shouldIdleAlthoughOthersWatchEachPoll() {
    List<String> seen = new ArrayList<>();
    Watcher idle = loop().idle();
    idle.start(
        () -> {
          seen.add("idle");
          idle.stop();
        });
    loop().prepare().start(() -> {});
    loop().check().start(() -> {});
    TimerWatcher deadline = loop().timer(0.1);
    deadline.start(loop()::breakLoop);
    loop().run();
    assertThat(seen).containsExactly("idle");
  }

  // gevent: test__core_fork.py
  @Test
  void shouldFireOnceWhenTheLoopIsToldOfAFork() {
    int[] count = new int[1];
    Watcher fork = loop().fork();
    fork.start(() -> count[0]++);
    Watcher stopped = loop().fork();
    stopped.start(() -> count[0] += 100);
    stopped.stop();
    loop().reinit();
    loop().timer(0.002).start(fork::stop);
    run();
    assertThat(count[0]).isEqualTo(1);
  }
}
