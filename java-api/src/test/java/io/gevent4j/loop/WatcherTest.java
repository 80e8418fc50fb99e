package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What watchers of all kinds have in common. */
class WatcherTest extends OnEachLoop {
  private Map<String, Watcher> oneOfEachKind() {
    Map<String, Watcher> watchers = new LinkedHashMap<>();
    watchers.put("io", loop().io(0, Loop.READ));
    watchers.put("timer", loop().timer(1000));
    watchers.put("async", loop().async());
    watchers.put("signal", loop().signal("WINCH"));
    watchers.put("child", loop().child(ProcessHandle.current().pid()));
    watchers.put("stat", loop().stat(Path.of("/")));
    watchers.put("idle", loop().idle());
    watchers.put("prepare", loop().prepare());
    watchers.put("check", loop().check());
    watchers.put("fork", loop().fork());
    return watchers;
  }

  // gevent: test__core_watcher.py, the life of a watcher; standard input needn't be pollable
  @Test
  void shouldTellItsStateThroughItsWholeLife() {
    Map<String, Watcher> watchers = oneOfEachKind();
    watchers.remove("io");
    watchers.forEach(
        (kind, watcher) -> {
          assertThat(watcher.isActive()).as(kind).isFalse();
          assertThat(watcher.toString()).startsWith(kind + " watcher").contains("stopped");
          assertThat(watcher.ptr()).isNotZero();
          assertThat(watcher.loop()).isSameAs(loop());
          Runnable callback = () -> {};
          watcher.start(callback);
          assertThat(watcher.isActive()).as(kind).isTrue();
          assertThat(watcher.isPending()).as(kind).isFalse();
          assertThat(watcher.callback()).isSameAs(callback);
          assertThat(watcher.toString()).contains("active", "callback=");
          watcher.stop();
          watcher.stop();
          assertThat(watcher.isActive()).as(kind).isFalse();
          assertThat(watcher.callback()).isNull();
          watcher.start(callback);
          watcher.close();
          watcher.close();
          assertThat(watcher.isClosed()).as(kind).isTrue();
          assertThat(watcher.isActive()).as(kind).isFalse();
          assertThat(watcher.toString()).contains("closed");
        });
    assertThat(loop().activeCount()).isZero();
    run();
  }

  @Test
  void shouldFireWhateverItsKindWhenItIsFed() {
    Map<String, Watcher> watchers = oneOfEachKind();
    watchers.remove("io");
    watchers.forEach(
        (kind, watcher) -> {
          List<String> seen = new ArrayList<>();
          watcher.start(
              () -> {
                seen.add(kind);
                watcher.stop();
              });
          watcher.feed(1);
          assertThat(watcher.isPending()).as(kind).isTrue();
          run();
          assertThat(seen).containsExactly(kind);
        });
  }

  @Test
  void shouldNotFireWhenItIsStoppedAfterItWasFed() {
    TimerWatcher timer = loop().timer(1000);
    timer.start(
        () -> {
          throw new AssertionError("fired");
        });
    timer.feed(Loop.TIMEOUT);
    timer.stop();
    assertThat(timer.isPending()).isFalse();
    run();
  }

  // gevent: test__core_watcher.py, the callback is replaced while active
  @Test
  void shouldRunTheCallbackThatItHasWhenItFires() {
    List<String> seen = new ArrayList<>();
    TimerWatcher replaced = loop().timer(0.001);
    replaced.start(() -> seen.add("first"));
    replaced.setCallback(() -> seen.add("replaced"));
    TimerWatcher restarted = loop().timer(0.001);
    restarted.start(() -> seen.add("first"));
    restarted.start(() -> seen.add("restarted"));
    run();
    assertThat(seen).containsExactly("replaced", "restarted");
  }

  // gevent: test__core_watcher.py test_ref
  @Test
  void shouldNotKeepTheLoopRunningWhenItIsNotRef() {
    TimerWatcher timer = loop().timer(1000);
    assertThat(timer.isRef()).isTrue();
    timer.start(() -> {});
    timer.setRef(false);
    assertThat(timer.isRef()).isFalse();
    run();
    timer.stop();
    timer.start(() -> {});
    assertThat(timer.toString()).contains("ref=false");
    run();
    timer.setRef(true);
    loop().timer(0.001).start(loop()::breakLoop);
    assertThat(loop().run()).isFalse();
  }

  // gevent: test__core_watcher.py test_priority
  @Test
  void shouldRefuseAnotherPriorityWhileItIsActiveAndOneThatIsOutOfRange() {
    TimerWatcher timer = loop().timer(1000);
    assertThat(timer.priority()).isZero();
    assertThat(thrownBy(() -> timer.setPriority(3))).isInstanceOf(IllegalArgumentException.class);
    assertThat(thrownBy(() -> timer.setPriority(-3))).isInstanceOf(IllegalArgumentException.class);
    timer.setPriority(Loop.MAX_PRIORITY);
    timer.start(() -> {});
    assertThat(thrownBy(() -> timer.setPriority(1))).isInstanceOf(IllegalStateException.class);
    assertThat(timer.priority()).isEqualTo(Loop.MAX_PRIORITY);
    assertThat(timer.toString()).contains("priority=2");
    timer.stop();
    timer.setPriority(Loop.MIN_PRIORITY);
    assertThat(timer.priority()).isEqualTo(Loop.MIN_PRIORITY);
  }

  @Test
  void shouldCloseItselfInItsOwnCallback() {
    List<String> seen = new ArrayList<>();
    TimerWatcher timer = loop().timer(0.001, 0.001);
    timer.start(
        () -> {
          timer.close();
          seen.add("closed");
        });
    run();
    assertThat(seen).containsExactly("closed");
  }

  @Test
  void shouldBeClosedByTheEndOfItsBlock() {
    TimerWatcher kept;
    try (TimerWatcher timer = loop().timer(1000)) {
      timer.start(() -> {});
      kept = timer;
    }
    assertThat(kept.isClosed()).isTrue();
    run();
  }

  @Test
  void shouldComeAndGoInAnyNumber() {
    for (int round = 0; round < 3; round++) {
      List<TimerWatcher> watchers = new ArrayList<>();
      int[] count = new int[1];
      for (int i = 0; i < 5_000; i++) {
        TimerWatcher timer = loop().timer(0);
        timer.start(() -> count[0]++);
        watchers.add(timer);
      }
      for (int i = 0; i < 5_000; i += 2) {
        watchers.get(i).close();
      }
      run();
      assertThat(count[0]).isEqualTo(2_500);
      watchers.forEach(Watcher::close);
    }
  }
}
