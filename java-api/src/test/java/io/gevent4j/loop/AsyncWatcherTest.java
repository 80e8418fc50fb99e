package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AsyncWatcherTest extends OnEachLoop {
  // gevent: test__core_async.py
  @Test
  void shouldFireInTheLoopsThreadWhenAnotherThreadSends() {
    Thread here = Thread.currentThread();
    List<Thread> seen = new ArrayList<>();
    AsyncWatcher watcher = loop().async();
    watcher.start(
        () -> {
          seen.add(Thread.currentThread());
          watcher.stop();
        });
    Thread sender = startThread(watcher::send);
    run();
    assertThat(seen).containsExactly(here);
    join(sender);
  }

  @Test
  void shouldFireOnceForSeveralSends() {
    int[] count = new int[1];
    AsyncWatcher watcher = loop().async();
    watcher.start(() -> count[0]++);
    watcher.send();
    watcher.send();
    watcher.send();
    loop().timer(0.005).start(watcher::stop);
    run();
    assertThat(count[0]).isEqualTo(1);
  }

  @Test
  void shouldFireAgainForASendThatComesWhileItRuns() {
    int[] count = new int[1];
    AsyncWatcher watcher = loop().async();
    watcher.start(
        () -> {
          if (++count[0] < 3) {
            watcher.send();
          } else {
            watcher.stop();
          }
        });
    watcher.send();
    run();
    assertThat(count[0]).isEqualTo(3);
  }

  // gevent#130: a send before the wait isn't lost
  @Test
  void shouldFireWhenItIsStartedAfterTheSend() {
    int[] count = new int[1];
    AsyncWatcher watcher = loop().async();
    watcher.send();
    run();
    watcher.start(
        () -> {
          count[0]++;
          watcher.stop();
        });
    run();
    assertThat(count[0]).isEqualTo(1);
  }

  @Test
  void shouldKeepTheLoopRunningWhileItIsActiveAndRef() {
    AsyncWatcher watcher = loop().async();
    watcher.start(() -> {});
    watcher.setRef(false);
    run();
    watcher.setRef(true);
    loop().timer(0.001).start(loop()::breakLoop);
    assertThat(loop().run()).isFalse();
    watcher.stop();
    run();
  }

  @Test
  void shouldMissNoLastSendWhenManyThreadsSend() {
    int rounds = 20_000;
    AtomicInteger sent = new AtomicInteger();
    int[] seen = new int[1];
    AsyncWatcher watcher = loop().async();
    watcher.start(
        () -> {
          seen[0] = sent.get();
          if (seen[0] == 2 * rounds) {
            watcher.stop();
          }
        });
    Runnable send =
        () -> {
          for (int i = 0; i < rounds; i++) {
            sent.incrementAndGet();
            watcher.send();
          }
        };
    Thread first = startThread(send);
    Thread second = startThread(send);
    run();
    assertThat(seen[0]).isEqualTo(2 * rounds);
    join(first);
    join(second);
  }

  @Test
  void shouldRefuseTheSendersAndNeverCrashWhenItIsClosedMeanwhile() {
    for (int round = 0; round < 40; round++) {
      AsyncWatcher watcher = loop().async();
      watcher.start(() -> {});
      AtomicInteger refused = new AtomicInteger();
      CountDownLatch sending = new CountDownLatch(2);
      Runnable send =
          () -> {
            sending.countDown();
            try {
              for (; ; ) {
                watcher.send();
              }
            } catch (IllegalStateException e) {
              refused.incrementAndGet();
            }
          };
      Thread first = startThread(send);
      Thread second = startThread(send);
      while (sending.getCount() > 0) {
        loop().run(true, false);
      }
      watcher.close();
      join(first);
      join(second);
      assertThat(refused).hasValue(2);
    }
  }

  @Test
  void shouldRefuseTheSendersWhenTheLoopIsClosed() {
    AsyncWatcher watcher = loop().async();
    loop().close();
    assertThat(thrownBy(watcher::send)).isInstanceOf(IllegalStateException.class);
  }
}
