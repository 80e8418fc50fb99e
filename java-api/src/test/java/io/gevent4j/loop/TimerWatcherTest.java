package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimerWatcherTest extends OnEachLoop {
  // gevent: test__core_timer.py Test
  @Test
  void shouldFireOnceNotBeforeItsTimeAndStop() {
    List<Long> fired = new ArrayList<>();
    TimerWatcher timer = loop().timer(0.005);
    timer.start(() -> fired.add(System.nanoTime()));
    long at = timer.at();
    assertThat(timer.isActive()).isTrue();
    run();
    assertThat(fired).hasSize(1);
    assertThat(fired.get(0)).isGreaterThanOrEqualTo(at);
    assertThat(timer.isActive()).isFalse();
  }

  @Test
  void shouldFireWhenDurationsAreGivenAsWhenSecondsAre() {
    List<String> seen = new ArrayList<>();
    TimerWatcher later = loop().timer(Duration.ofMillis(8));
    TimerWatcher sooner = loop().timer(0.004);
    later.start(() -> seen.add("8 ms"));
    sooner.start(() -> seen.add("0.004"));
    assertThat(later.after()).isEqualTo(Duration.ofMillis(8));
    assertThat(sooner.after()).isEqualTo(Duration.ofMillis(4));
    run();
    assertThat(seen).containsExactly("0.004", "8 ms");
  }

  // gevent: test__core_timer.py TestTimerResolution
  @Test
  void shouldTakeMuchLessThanAMillisecondWhenToldSo() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 50; i++) {
      long before = System.nanoTime();
      loop().timer(0.0001).start(() -> {});
      run();
      best = Math.min(best, System.nanoTime() - before);
    }
    assertThat(best).isBetween(100_000L, 700_000L);
  }

  @Test
  void shouldRepeatUntilItIsStopped() {
    int[] count = new int[1];
    TimerWatcher timer = loop().timer(Duration.ofMillis(1), Duration.ofMillis(1));
    assertThat(timer.repeat()).isEqualTo(Duration.ofMillis(1));
    timer.start(
        () -> {
          if (++count[0] == 5) {
            timer.stop();
          }
        });
    run();
    assertThat(count[0]).isEqualTo(5);
  }

  // gevent: test__core_timer.py TestAgain
  @Test
  void shouldBePushedAwayByAgain() {
    List<String> seen = new ArrayList<>();
    TimerWatcher timer = loop().timer(0.005, 0.05);
    timer.start(
        () -> {
          seen.add("timer");
          timer.stop();
        });
    timer.again();
    loop().timer(0.02).start(() -> seen.add("between"));
    run();
    assertThat(seen).containsExactly("between", "timer");
  }

  @Test
  void shouldStartByAgainWithAnotherCallback() {
    List<String> seen = new ArrayList<>();
    TimerWatcher timer = loop().timer(DEADLINE_SECONDS, 0.001);
    timer.again(
        () -> {
          seen.add("again");
          timer.stop();
        });
    assertThat(timer.isActive()).isTrue();
    run();
    assertThat(seen).containsExactly("again");
  }

  @Test
  void shouldStopByAgainWhenItDoesNotRepeat() {
    List<String> seen = new ArrayList<>();
    TimerWatcher timer = loop().timer(0.001);
    timer.start(() -> seen.add("timer"));
    timer.again();
    assertThat(timer.isActive()).isFalse();
    run();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldNotFireWhenAgainPushesItAwayInTheTurnInWhichItIsDue() throws InterruptedException {
    List<String> seen = new ArrayList<>();
    TimerWatcher first = loop().timer(0.001);
    TimerWatcher second = loop().timer(0.001, 0.02);
    first.start(
        () -> {
          assertThat(second.isPending()).isTrue();
          second.again();
          assertThat(second.isPending()).isFalse();
          loop().timer(0.001).start(() -> seen.add("between"));
        });
    second.start(
        () -> {
          seen.add("second");
          second.stop();
        });
    Thread.sleep(5); // so that both are due with one poll
    run();
    assertThat(seen).containsExactly("between", "second");
  }

  @Test
  void shouldFireAtTheNextPollWhenItsSpanIsNotPositive() {
    List<String> seen = new ArrayList<>();
    loop().timer(0).start(() -> seen.add("0"));
    loop().timer(-1).start(() -> seen.add("-1"));
    loop().timer(Duration.ofSeconds(-1)).start(() -> seen.add("-1 s"));
    loop().runCallback(() -> seen.add("callback"));
    run();
    assertThat(seen).containsExactly("callback", "0", "-1", "-1 s");
  }

  @Test
  void shouldNotFireBeforeTheWorldEndsWhenItsSpanIsInfinite() {
    TimerWatcher infinite = loop().timer(Double.POSITIVE_INFINITY);
    TimerWatcher longest = loop().timer(Duration.ofSeconds(Long.MAX_VALUE));
    infinite.start(() -> {});
    longest.start(() -> {});
    assertThat(infinite.at()).isGreaterThan(loop().now());
    loop().timer(0.001).start(loop()::breakLoop);
    assertThat(loop().run()).isFalse();
    assertThat(infinite.isActive() && longest.isActive()).isTrue();
  }

  @Test
  void shouldCountFromItsStartAndNotFromTheLastPoll() throws InterruptedException {
    loop().updateNow();
    long polled = loop().now();
    Thread.sleep(5);
    TimerWatcher timer = loop().timer(0.001);
    timer.start(() -> {});
    assertThat(timer.at()).isGreaterThanOrEqualTo(polled + 6_000_000);
  }

  // gevent: test__core_timer.py, many timers; test__order.py
  @Test
  void shouldFireInOrderOfTimeAndOfStartWhenThereAreMany() {
    Random random = new Random(3);
    List<TimerWatcher> timers =
        IntStream.range(0, 2000)
            .mapToObj(i -> loop().timer(random.nextInt(10) * 0.001))
            .collect(Collectors.toList());
    List<TimerWatcher> fired = new ArrayList<>();
    timers.forEach(timer -> timer.start(() -> fired.add(timer)));
    List<TimerWatcher> expected = new ArrayList<>(timers);
    List<TimerWatcher> stopped = new ArrayList<>();
    for (int i = 0; i < timers.size(); i += 3) {
      timers.get(i).stop();
      stopped.add(timers.get(i));
    }
    expected.removeAll(stopped);
    List<Long> times = new ArrayList<>();
    timers.forEach(timer -> times.add(timer.at()));
    expected.sort(
        (a, b) -> Long.compare(times.get(timers.indexOf(a)), times.get(timers.indexOf(b))));
    run();
    assertThat(fired).isEqualTo(expected);
  }

  @Test
  void shouldNotFireWhenAnEarlierOneOfTheSamePollStopsIt() throws InterruptedException {
    List<String> seen = new ArrayList<>();
    TimerWatcher first = loop().timer(0);
    TimerWatcher second = loop().timer(0);
    first.start(
        () -> {
          second.stop();
          assertThat(second.isPending()).isFalse();
          seen.add("first");
        });
    second.start(() -> seen.add("second"));
    run();
    assertThat(seen).containsExactly("first");
  }

  @Test
  void shouldNotFireANewcomerInTheNumberOfOneThatIsClosed() {
    List<String> seen = new ArrayList<>();
    TimerWatcher first = loop().timer(0);
    TimerWatcher second = loop().timer(0);
    first.start(
        () -> {
          second.close();
          loop().timer(0.001).start(() -> seen.add("newcomer"));
          loop().runCallback(() -> seen.add("callback"));
        });
    second.start(() -> seen.add("second"));
    run();
    assertThat(seen).containsExactly("callback", "newcomer");
  }

  @Test
  void shouldRunInOrderOfPriorityWhenTheyFireWithOnePoll() {
    List<Integer> seen = new ArrayList<>();
    for (int priority : new int[] {-2, 1, 0, 2, -1}) {
      TimerWatcher timer = loop().timer(0);
      timer.setPriority(priority);
      assertThat(timer.priority()).isEqualTo(priority);
      timer.start(() -> seen.add(priority));
    }
    run();
    assertThat(seen).containsExactly(2, 1, 0, -1, -2);
  }
}
