package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.lock.RLock;
import io.gevent4j.lock.Semaphore;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is waited for outlives hubs, and those who waited in them. */
class HubLivesTest extends HubTest {
  private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

  private static void onAThread(Body body) {
    try (Others others = new Others()) {
      others.start(Kind.PLAIN, body);
    }
  }

  @Test
  void shouldBeWaitedForInTheNextHubOfTheThread() {
    onAThread(
        () -> {
          Event event;
          AsyncResult<String> result;
          Semaphore semaphore;
          RLock lock;
          try (Hub first = Hub.get()) {
            event = new Event();
            result = new AsyncResult<>();
            semaphore = new Semaphore(0);
            lock = new RLock();
          }
          try (Hub second = Hub.get()) {
            Gevent.spawnLater(SHORT, event::set);
            assertThat(event.await(LONG)).isTrue();
            Gevent.spawnLater(SHORT, () -> result.set("value"));
            assertThat(result.get(LONG)).isEqualTo("value");
            Gevent.spawnLater(SHORT, semaphore::release);
            assertThat(semaphore.acquire(LONG)).isTrue();
            lock.lock();
            Greenlet<Boolean> other = Gevent.spawn(() -> lock.tryLock(LONG));
            turn();
            lock.unlock();
            assertThat(other.get(LONG)).isTrue();
          }
        });
  }

  @Test
  void shouldBeWaitedForByTheThreadAfterItsHub() {
    Event[] event = new Event[1];
    CountDownLatch waits = new CountDownLatch(1);
    try (Others others = new Others()) {
      others.start(
          Kind.PLAIN,
          () -> {
            try (Hub hub = Hub.get()) {
              event[0] = new Event();
            }
            waits.countDown();
            assertThat(event[0].await(LONG)).isTrue();
          });
      others.start(
          Kind.PLAIN,
          () -> {
            waits.await();
            Others.spin(1_000_000);
            event[0].set();
          });
    }
  }

  @Test
  void shouldBeSetThoughALinkOfAClosedHubIsLeft() {
    onAThread(
        () -> {
          Event event = new Event();
          try (Hub first = Hub.get()) {
            event.rawLink(source -> seen.add("of the closed hub"));
          }
          event.rawLink(source -> seen.add("of no hub"));
          event.set();
          try (Hub second = Hub.get()) {
            event.clear();
            Greenlet<Boolean> waiter = Gevent.spawn(() -> event.await(LONG));
            turn();
            event.set();
            assertThat(waiter.get()).isTrue();
          }
        });
  }

  @Test
  void shouldBeGivenToTheNextWhenALinkOfAClosedHubIsTheFirst() {
    Semaphore semaphore = new Semaphore(0);
    try (Others others = new Others()) {
      others.start(Kind.MAIN, () -> semaphore.rawLink(source -> seen.add("of the closed hub")));
    }
    Greenlet<Void> waiter = Gevent.spawn(() -> semaphore.acquire());
    turn();
    assertThat(semaphore.linkCount()).isEqualTo(2);
    semaphore.release();
    assertThat(waiter.join(1.0)).as("it was told").isTrue();
    assertThat(semaphore.counter()).isZero();
  }

  @Test
  void shouldBeGivenToTheNextWhenThoseWhoWaitEndWithTheirThread() {
    Semaphore semaphore = new Semaphore(1);
    CountDownLatch hasEnded = new CountDownLatch(1);
    try (Others others = new Others()) {
      others.start(
          Kind.PLAIN,
          () -> {
            Gevent.spawn(
                () -> {
                  semaphore.acquire();
                  try {
                    Gevent.sleep(LONG);
                  } finally {
                    seen.add("gives back");
                    semaphore.release();
                  }
                });
            for (int i = 0; i < 5; i++) {
              Gevent.spawn(
                  () -> {
                    try {
                      semaphore.acquire();
                      seen.add("never");
                    } finally {
                      seen.add("ends");
                    }
                  });
            }
            Gevent.sleep(SHORT);
            hasEnded.countDown(); // and so does the thread, without closing its hub
          });
      others.start(
          Kind.PLAIN,
          () -> {
            hasEnded.await();
            assertThat(semaphore.acquire(LONG)).isTrue();
            semaphore.release();
          });
    }
    assertThat(semaphore.acquire(LONG)).isTrue();
    assertThat(semaphore.counter()).isZero();
    Others.until("all end", () -> semaphore.linkCount() == 0 && seen.size() == 6);
    assertThat(seen).doesNotContain("never");
  }

  @Test
  void shouldBeGivenToTheNextWhenTheHubOfThoseWhoWaitIsClosed() {
    for (int round = 0; round < 50; round++) {
      Semaphore semaphore = new Semaphore(0);
      CountDownLatch waits = new CountDownLatch(1);
      try (Others others = new Others()) {
        others.start(
            Kind.MAIN,
            () -> {
              for (int i = 0; i < 3; i++) {
                Gevent.spawn(() -> semaphore.acquire());
              }
              turn();
              waits.countDown();
            });
        others.start(
            Kind.PLAIN,
            () -> {
              waits.await();
              semaphore.release(); // to one who is about to be ended, or to none
            });
      }
      Others.until("all have gone", () -> semaphore.linkCount() == 0);
      assertThat(semaphore.counter()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void shouldLoseNothingWhenHubsAreClosedWhileTheyAreTold() {
    for (int round = 0; round < 50; round++) {
      Semaphore semaphore = new Semaphore(0);
      Semaphore taken = new Semaphore(0);
      try (Others others = new Others()) {
        others.start(
            Kind.MAIN,
            () -> {
              for (int i = 0; i < 3; i++) {
                Gevent.spawn(
                    () -> {
                      semaphore.acquire();
                      taken.release();
                    });
              }
              Gevent.sleep(0.0003);
            });
        others.start(
            Kind.PLAIN,
            () -> {
              Others.spin(300_000);
              semaphore.release();
              semaphore.release();
              semaphore.release();
            });
      }
      assertThat(semaphore.counter() + taken.counter()).isEqualTo(3);
      assertThat(semaphore.linkCount()).isZero();
    }
  }
}
