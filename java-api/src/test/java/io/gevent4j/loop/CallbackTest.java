package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Callbacks that the loop runs once, its own and other threads'. */
class CallbackTest extends OnEachLoop {
  // gevent: test__loop_callback.py
  @Test
  void shouldRunInTheOrderInWhichTheyWereGiven() {
    List<Integer> seen = new ArrayList<>();
    List<Integer> given = IntStream.range(0, 1000).boxed().collect(Collectors.toList());
    given.forEach(i -> loop().runCallback(() -> seen.add(i)));
    run();
    assertThat(seen).isEqualTo(given);
  }

  // gevent: test__core_callback.py
  @Test
  void shouldNotBePendingFromTheMomentThatItRuns() {
    List<Boolean> pending = new ArrayList<>();
    Callback[] callback = new Callback[1];
    callback[0] = loop().runCallback(() -> pending.add(callback[0].isPending()));
    assertThat(callback[0].isPending()).isTrue();
    assertThat(callback[0].toString()).contains("pending");
    run();
    assertThat(pending).containsExactly(false);
    assertThat(callback[0].isPending()).isFalse();
  }

  @Test
  void shouldNotRunWhenItIsStopped() {
    List<String> seen = new ArrayList<>();
    loop().runCallback(() -> seen.add("first"));
    Callback second = loop().runCallback(() -> seen.add("second"));
    Callback third = loop().runCallback(() -> seen.add("third"));
    loop().runCallback(() -> seen.add("fourth"));
    second.stop();
    second.stop();
    third.close();
    assertThat(second.isPending()).isFalse();
    assertThat(second.toString()).contains("stopped");
    run();
    assertThat(seen).containsExactly("first", "fourth");
  }

  @Test
  void shouldNotRunWhenAnEarlierOneStopsIt() {
    List<String> seen = new ArrayList<>();
    Callback[] second = new Callback[1];
    loop().runCallback(() -> second[0].stop());
    second[0] = loop().runCallback(() -> seen.add("second"));
    run();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldRunBehindTheOthersWhenACallbackGivesIt() {
    List<String> seen = new ArrayList<>();
    loop()
        .runCallback(
            () -> {
              seen.add("first");
              loop().runCallback(() -> seen.add("third"));
            });
    loop().runCallback(() -> seen.add("second"));
    run();
    assertThat(seen).containsExactly("first", "second", "third");
  }

  @Test
  void shouldReachTheHandlerAndKeepNothingFromRunningWhenItFails() {
    List<String> seen = new ArrayList<>();
    loop()
        .runCallback(
            () -> {
              throw new AssertionError("boom");
            });
    loop().runCallback(() -> seen.add("after"));
    run();
    assertThat(seen).containsExactly("after");
    assertThat(takeErrors()).hasSize(1).first().isInstanceOf(AssertionError.class);
  }

  // gevent: test__loop_callback.py, a callback that gives itself again mustn't starve a timer
  @Test
  void shouldLetTimersFireWhenItGivesItselfAgainForEver() {
    boolean[] fired = new boolean[1];
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          if (!fired[0]) {
            loop().runCallback(again[0]);
          }
        };
    loop().runCallback(again[0]);
    loop().timer(0.001).start(() -> fired[0] = true);
    run();
    assertThat(fired[0]).isTrue();
  }

  @Test
  void shouldRunInTheLoopsThreadWhenAnotherThreadSendsIt() {
    Thread here = Thread.currentThread();
    List<Thread> seen = new ArrayList<>();
    loop().ref();
    Thread sender =
        startThread(
            () ->
                loop()
                    .runCallbackThreadsafe(
                        () -> {
                          seen.add(Thread.currentThread());
                          loop().unref();
                        }));
    run();
    assertThat(seen).containsExactly(here);
    join(sender);
  }

  @Test
  void shouldWakeALoopThatSleeps() throws InterruptedException {
    TimerWatcher forever = loop().timer(DEADLINE_SECONDS * 10);
    forever.start(() -> {});
    CountDownLatch running = new CountDownLatch(1);
    loop().runCallback(running::countDown);
    Thread sender =
        startThread(
            () -> {
              try {
                running.await();
                Thread.sleep(5); // so that it most likely sleeps; if it doesn't, it's woken as well
              } catch (InterruptedException e) {
                return;
              }
              loop().runCallbackThreadsafe(forever::stop);
            });
    run();
    join(sender);
  }

  @Test
  void shouldAllRunInEachSendersOrderWhenManyThreadsSend() {
    int senders = 4;
    int each = 5_000;
    int[] next = new int[senders];
    int[] left = {senders * each};
    List<String> wrong = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    loop().ref();
    for (int s = 0; s < senders; s++) {
      int sender = s;
      threads.add(
          startThread(
              () -> {
                for (int i = 0; i < each; i++) {
                  int number = i;
                  loop()
                      .runCallbackThreadsafe(
                          () -> {
                            if (next[sender]++ != number) {
                              wrong.add(sender + ": " + number);
                            }
                            if (--left[0] == 0) {
                              loop().unref();
                            }
                          });
                }
              }));
    }
    run();
    assertThat(wrong).isEmpty();
    assertThat(left[0]).isZero();
    threads.forEach(OnEachLoop::join);
  }

  @Test
  void shouldLetTimersFireWhenWhatWasSentSendsItselfAgainForEver() {
    boolean[] fired = new boolean[1];
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          if (!fired[0]) {
            loop().runCallbackThreadsafe(again[0]);
          }
        };
    loop().runCallbackThreadsafe(again[0]);
    loop().timer(0.001).start(() -> fired[0] = true);
    run();
    assertThat(fired[0]).isTrue();
  }

  @Test
  void shouldRunWhatWasSentBeforeTheRun() {
    List<String> seen = new ArrayList<>();
    loop().runCallbackThreadsafe(() -> seen.add("sent"));
    run();
    assertThat(seen).containsExactly("sent");
  }

  @Test
  void shouldReachTheHandlerWhenWhatWasSentFails() {
    List<String> seen = new ArrayList<>();
    loop()
        .runCallbackThreadsafe(
            () -> {
              throw new AssertionError("boom");
            });
    loop().runCallbackThreadsafe(() -> seen.add("after"));
    run();
    assertThat(seen).containsExactly("after");
    assertThat(takeErrors()).hasSize(1);
  }

  @Test
  void shouldRefuseOrRunAndNeverCrashWhenTheLoopIsClosedMeanwhile() {
    for (int round = 0; round < 40; round++) {
      Loop other = new Loop(name);
      AtomicInteger refused = new AtomicInteger();
      CountDownLatch sending = new CountDownLatch(2);
      Runnable send =
          () -> {
            sending.countDown();
            try {
              for (; ; ) {
                other.runCallbackThreadsafe(() -> {});
              }
            } catch (IllegalStateException e) {
              refused.incrementAndGet();
            }
          };
      List<Thread> threads = List.of(startThread(send), startThread(send));
      while (sending.getCount() > 0) {
        other.run(true, false);
      }
      other.close();
      threads.forEach(OnEachLoop::join);
      assertThat(refused).hasValue(2);
    }
  }
}
