package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Linkable;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** gevent: {@code test__semaphore.py}, of one hub. */
class SemaphoreTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private Greenlet<Void> spawnAcquiring(Semaphore semaphore, Object name) {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              semaphore.acquire();
              seen.add(name);
            });
    turn();
    return greenlet;
  }

  @Test
  void shouldCount() {
    Semaphore semaphore = new Semaphore(2);
    assertThat(semaphore.tryAcquire()).isTrue();
    assertThat(semaphore.counter()).isEqualTo(1);
    assertThat(semaphore.locked()).isFalse();
    semaphore.acquire();
    assertThat(semaphore.locked()).isTrue();
    assertThat(semaphore.ready()).isFalse();
    assertThat(semaphore.tryAcquire()).isFalse();
    semaphore.release();
    semaphore.release();
    semaphore.release();
    assertThat(semaphore.counter()).as("it may be given back more often").isEqualTo(3);
  }

  @Test
  void shouldServeInTheOrderOfComing() {
    Semaphore semaphore = new Semaphore(0);
    for (int i = 0; i < 10; i++) {
      spawnAcquiring(semaphore, i);
    }
    for (int i = 0; i < 10; i++) {
      semaphore.release();
    }
    turn();
    assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(semaphore.counter()).isZero();
  }

  // gevent: test_release_twice
  @Test
  void shouldWakeTwoWhenTwoAreGivenBackAtOnce() {
    Semaphore semaphore = new Semaphore(1);
    semaphore.acquire();
    spawnAcquiring(semaphore, "a");
    spawnAcquiring(semaphore, "b");
    semaphore.release();
    semaphore.release();
    turn();
    assertThat(seen).containsExactly("a", "b");
  }

  // gevent: test_rawlink on a free one
  @Test
  void shouldCallALinkOfAFreeOneAndKeepItsCount() {
    Semaphore semaphore = new Semaphore(1);
    semaphore.rawLink(source -> seen.add(((Semaphore) source).counter()));
    semaphore.acquire();
    semaphore.rawLink(source -> seen.add("given back"));
    turns();
    assertThat(seen).containsExactly(0);
    semaphore.release();
    turns();
    assertThat(seen).containsExactly(0, "given back");
    assertThat(semaphore.counter()).isEqualTo(1);
  }

  @Test
  void shouldTellTheNextWhenALinkHasHeard() {
    Semaphore semaphore = new Semaphore(0);
    semaphore.rawLink(source -> seen.add("link"));
    spawnAcquiring(semaphore, "greenlet");
    semaphore.release();
    turns();
    assertThat(seen).containsExactly("link", "greenlet");
  }

  @Test
  void shouldTellTheNextWhenALinkThatWasToldIsTakenBack() {
    Semaphore semaphore = new Semaphore(0);
    Consumer<Linkable> link = source -> seen.add("link");
    semaphore.rawLink(link);
    spawnAcquiring(semaphore, "greenlet");
    semaphore.release();
    semaphore.unlink(link);
    turns();
    assertThat(seen).containsExactly("greenlet");
  }

  // gevent: two greenlets x 3 rounds
  @Test
  void shouldBeTakenAgainByWhoDoesNotSwitchBetween() {
    Semaphore semaphore = new Semaphore(1);
    List<Greenlet<Void>> both = new ArrayList<>();
    for (String name : List.of("A", "B")) {
      both.add(
          Gevent.spawn(
              () -> {
                for (int i = 0; i < 3; i++) {
                  semaphore.acquire();
                  seen.add(name);
                  Gevent.sleep(0);
                  semaphore.release();
                }
              }));
    }
    Gevent.joinAll(both);
    assertThat(seen).containsExactly("A", "A", "A", "B", "B", "B");
  }

  @Test
  void shouldBeFairToWhomSwitchesBetween() {
    Semaphore semaphore = new Semaphore(1);
    List<Greenlet<Void>> both = new ArrayList<>();
    for (String name : List.of("A", "B")) {
      both.add(
          Gevent.spawn(
              () -> {
                for (int i = 0; i < 3; i++) {
                  semaphore.acquire();
                  seen.add(name);
                  Gevent.sleep(0);
                  semaphore.release();
                  Gevent.sleep(0);
                }
              }));
    }
    Gevent.joinAll(both);
    assertThat(seen).containsExactly("A", "B", "A", "B", "A", "B");
  }

  // gevent: test_acquire_returns_false_after_timeout
  @Test
  void shouldReturnFalseWhenTheTimeIsUp() throws Exception {
    Semaphore semaphore = new Semaphore(0);
    assertThat(semaphore.acquire(SHORT)).isFalse();
    assertThat(semaphore.acquire(Duration.ZERO)).isFalse();
    assertThat(semaphore.acquire(Duration.ofSeconds(-1))).isFalse();
    assertThat(semaphore.acquire(0.001)).isFalse();
    assertThat(semaphore.tryAcquire(1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(semaphore.tryAcquire(-1, TimeUnit.DAYS)).isFalse();
    assertThat(semaphore.await(SHORT)).isZero();
    assertThat(semaphore.linkCount()).isZero();
    assertThat(semaphore.counter()).isZero();
  }

  @Test
  void shouldBeTakenInTime() throws Exception {
    Semaphore semaphore = new Semaphore(0);
    for (Body acquire :
        List.<Body>of(
            () -> assertThat(semaphore.acquire(LONG)).isTrue(),
            () -> assertThat(semaphore.acquire((Duration) null)).isTrue(),
            () -> assertThat(semaphore.acquire(30.0)).isTrue(),
            () -> assertThat(semaphore.tryAcquire(30, TimeUnit.SECONDS)).isTrue(),
            () -> assertThat(semaphore.tryAcquire(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue(),
            semaphore::acquireInterruptibly)) {
      Gevent.spawnLater(0.001, semaphore::release);
      assertThat(thrownBy(acquire)).isNull();
      assertThat(semaphore.counter()).isZero();
    }
  }

  @Test
  void shouldBeWaitedForWithoutBeingTaken() {
    Semaphore semaphore = new Semaphore(0);
    List<Greenlet<Integer>> waiting =
        List.of(Gevent.spawn(() -> semaphore.await()), Gevent.spawn(() -> semaphore.await(LONG)));
    turn();
    semaphore.release();
    Gevent.joinAll(waiting);
    assertThat(waiting).extracting(Greenlet::value).containsExactly(1, 1);
    assertThat(semaphore.counter()).isEqualTo(1);
  }

  // ---- those who go ----

  @Test
  void shouldForgetWhoIsKilled() {
    Semaphore semaphore = new Semaphore(0);
    Greenlet<Void> first = spawnAcquiring(semaphore, "first");
    spawnAcquiring(semaphore, "second");
    first.kill();
    assertThat(semaphore.linkCount()).isEqualTo(1);
    semaphore.release();
    turn();
    assertThat(seen).containsExactly("second");
  }

  @Test
  void shouldTellTheNextWhenTheOneWhoWasToldIsKilled() {
    Semaphore semaphore = new Semaphore(0);
    Greenlet<Void> first = spawnAcquiring(semaphore, "first");
    spawnAcquiring(semaphore, "second");
    first.kill(exit(), false, null); // its turn comes before the release is heard of
    semaphore.release();
    turns();
    assertThat(seen).containsExactly("second");
    assertThat(semaphore.counter()).isZero();
    assertThat(semaphore.linkCount()).isZero();
  }

  @Test
  void shouldTellTheNextWhenTheOneWhoWasToldIsTimedOut() {
    Semaphore semaphore = new Semaphore(0);
    Greenlet<Throwable> first =
        Gevent.spawn(
            () ->
                thrownBy(
                    () -> {
                      try (Timeout timeout = Timeout.startNew(SHORT)) {
                        semaphore.acquire();
                      }
                    }));
    turn();
    spawnAcquiring(semaphore, "second");
    Hub.get().loop().timer(SHORT).start(semaphore::release); // of the same turn of the loop
    Gevent.sleep(0.05);
    boolean timedOut = first.value() instanceof Timeout;
    assertThat(seen.size() + semaphore.counter() + (timedOut ? 0 : 1)).isEqualTo(1);
    assertThat(semaphore.linkCount()).isEqualTo(timedOut ? 0 : 1);
  }

  @Test
  void shouldKeepThePlaceOfWhomAnotherForestalls() {
    Semaphore semaphore = new Semaphore(0);
    spawnAcquiring(semaphore, "first");
    spawnAcquiring(semaphore, "second");
    semaphore.release();
    assertThat(semaphore.tryAcquire()).as("it is free until the first has his turn").isTrue();
    turns();
    assertThat(seen).isEmpty();
    semaphore.release();
    semaphore.release();
    turns();
    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void shouldTellMainThatNobodyGivesBack() {
    Semaphore semaphore = new Semaphore(0);
    assertThatThrownBy(semaphore::acquire).isInstanceOf(LoopExit.class);
    assertThat(semaphore.linkCount()).isZero();
    semaphore.release();
    semaphore.acquire();
  }

  @Test
  void shouldRefuseToWaitInACallbackAndNothingElse() {
    Semaphore semaphore = new Semaphore(1);
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              semaphore.acquire();
              seen.add(semaphore.tryAcquire());
              seen.add(thrownBy(semaphore::acquire).getClass());
              seen.add(thrownBy(() -> semaphore.acquire(SHORT)).getClass());
              semaphore.release();
            });
    turns();
    assertThat(seen)
        .containsExactly(false, BlockingSwitchOutError.class, BlockingSwitchOutError.class);
    assertThat(semaphore.counter()).isEqualTo(1);
    assertThat(semaphore.linkCount()).isZero();
  }

  @Test
  void shouldBeUsableTogetherWithGreenlets() {
    Semaphore free = new Semaphore(1);
    Semaphore taken = new Semaphore(0);
    assertThat(Gevent.waitAll(List.of(taken, free), SHORT)).containsExactly(free);
    assertThat(taken.linkCount()).isZero();
    Gevent.spawnLater(SHORT, taken::release);
    assertThat(Gevent.<Semaphore>waitAny(List.of(taken), LONG)).isSameAs(taken);
    assertThat(taken.counter()).isEqualTo(1);
  }

  // ---- views, kinds, bad input ----

  @Test
  void shouldBeALock() throws Exception {
    Semaphore semaphore = new Semaphore(1);
    Lock lock = semaphore.asLock();
    lock.lock();
    assertThat(lock.tryLock()).isFalse();
    assertThat(lock.tryLock(1, TimeUnit.MILLISECONDS)).isFalse();
    Gevent.spawn(lock::unlock).join();
    lock.lockInterruptibly();
    assertThat(semaphore.locked()).isTrue();
    assertThatThrownBy(lock::newCondition)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("Semaphore");
    assertThat(lock.toString()).contains("Semaphore@");
  }

  @Test
  void shouldSayHowItIs() {
    Semaphore semaphore = new Semaphore(0);
    spawnAcquiring(semaphore, 1);
    assertThat(semaphore.toString()).matches("Semaphore@\\w+\\[counter 0 1 waiting\\]");
    assertThat(new BoundedSemaphore(3).toString()).matches("BoundedSemaphore@\\w+\\[counter 3\\]");
    assertThat(new DummySemaphore().toString()).startsWith("DummySemaphore@");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> new Semaphore(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new BoundedSemaphore(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Semaphore().acquire(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Semaphore().tryAcquire(1, null))
        .isInstanceOf(NullPointerException.class);
    Semaphore most = new Semaphore(Integer.MAX_VALUE);
    assertThatThrownBy(most::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Semaphore");
    assertThat(most.counter()).isEqualTo(Integer.MAX_VALUE);
  }

  // gevent: TestBoundedSemaphore
  @Test
  void shouldRefuseWhatIsGivenBackTooOften() {
    BoundedSemaphore semaphore = new BoundedSemaphore();
    semaphore.acquire();
    assertThat(semaphore.acquire(Duration.ZERO)).isFalse();
    semaphore.release();
    assertThatThrownBy(semaphore::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("BoundedSemaphore");
    assertThat(semaphore.counter()).isEqualTo(1);
    assertThat(semaphore.await()).isEqualTo(1);
    assertThatThrownBy(new BoundedSemaphore(0)::release).isInstanceOf(IllegalStateException.class);
  }

  // gevent: DummySemaphore
  @Test
  void shouldNeverRunOutIfItIsADummy() throws Exception {
    Semaphore dummy = new DummySemaphore();
    for (int i = 0; i < 3; i++) {
      dummy.acquire();
      assertThat(dummy.acquire(Duration.ZERO)).isTrue();
      assertThat(dummy.acquire(0.0)).isTrue();
      assertThat(dummy.tryAcquire()).isTrue();
      assertThat(dummy.tryAcquire(0, TimeUnit.SECONDS)).isTrue();
      dummy.acquireInterruptibly();
      assertThat(dummy.await()).isPositive();
    }
    dummy.release();
    assertThat(dummy.locked()).isFalse();
    assertThat(dummy.ready()).isTrue();
    dummy.rawLink(source -> seen.add("called"));
    turns();
    assertThat(seen).containsExactly("called");
  }
}
