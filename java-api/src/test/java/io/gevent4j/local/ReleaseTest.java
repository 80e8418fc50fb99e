package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * Values go with their greenlet, and with their local.
 *
 * <p>Whatever is dropped is made by a method of its own, so that no frame of the test holds it.
 */
class ReleaseTest extends LocalTest {
  private final Queue<WeakReference<Object>> made = new ConcurrentLinkedQueue<>();

  private Object value() {
    Object value = new Object();
    made.add(new WeakReference<>(value));
    return value;
  }

  private GreenletLocal<Object> local() {
    return GreenletLocal.withInitial(this::value);
  }

  private void untilGone(int count) {
    assertThat(made).hasSize(count);
    untilCollected("all values", () -> made.stream().allMatch(each -> each.get() == null));
  }

  private static void use(GreenletLocal<?> local) {
    assertThat(local.get()).isNotNull();
  }

  // ---- with the greenlet ----

  // gevent: test__local.py test_locals_collected_when_greenlet_dead_but_still_referenced
  @Test
  void shouldGoWithTheGreenletEvenIfThatIsHeld() {
    GreenletLocal<Object> local = local();
    List<Greenlet<Void>> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add(Gevent.spawn(() -> use(local)));
    }
    Gevent.joinAll(held);
    untilGone(5);
    Reference.reachabilityFence(local);
    assertThat(held).allMatch(Greenlet::ready);
  }

  @Test
  void shouldGoAtOnceWhenAGreenletEnds() {
    GreenletLocal<Object> local = local();
    Gevent.joinAll(List.of(Gevent.spawn(() -> use(local)), Gevent.spawn(() -> use(local))));
    turn();
    assertThat(local.count()).isZero();
    Gevent.spawnRaw(() -> use(local));
    turns();
    assertThat(local.count()).isZero();
    assertThat(made).hasSize(3);
  }

  @Test
  void shouldGoWithAKilledGreenlet() {
    GreenletLocal<Object> local = local();
    Greenlet<Void> killed =
        Gevent.spawn(
            () -> {
              use(local);
              Gevent.sleep(LONG);
            });
    turn();
    assertThat(local.count()).isOne();
    killed.kill();
    turn();
    assertThat(local.count()).isZero();
    untilGone(1);
  }

  @Test
  void shouldGoWithARawGreenletEvenIfThatIsHeld() {
    GreenletLocal<Object> local = local();
    List<RawGreenlet> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      RawGreenlet raw =
          new RawGreenlet(
              value -> {
                use(local);
                return null;
              });
      raw.switchTo();
      held.add(raw);
    }
    untilGone(5);
    untilCollected("the cells", () -> local.count() == 0);
    assertThat(held).allMatch(RawGreenlet::isDead);
  }

  @Test
  void shouldGoWithASuspendedGreenletThatIsDropped() {
    GreenletLocal<Object> local = local();
    suspendAndDrop(local);
    untilGone(1);
    Reference.reachabilityFence(local);
  }

  private static void suspendAndDrop(GreenletLocal<Object> local) {
    new RawGreenlet(
            value -> {
              use(local);
              return RawGreenlet.getCurrent().getParent().switchTo();
            })
        .switchTo();
  }

  @Test
  void shouldGoWithAPlainThread() throws Exception {
    GreenletLocal<Object> local = local();
    inThread(local::isPresent);
    inThread(
        () -> {
          use(local);
          return null;
        });
    untilGone(1);
    Reference.reachabilityFence(local);
  }

  @Test
  void shouldGoWhenRemoved() {
    GreenletLocal<Object> local = local();
    use(local);
    local.remove();
    untilGone(1);
    assertThat(local.isPresent()).isFalse();
  }

  @Test
  void shouldGoWhenReplaced() {
    GreenletLocal<Object> local = local();
    use(local);
    local.set("another");
    untilGone(1);
    assertThat(local.get()).isEqualTo("another");
  }

  @Test
  void shouldStayWhileItsGreenletWaits() {
    GreenletLocal<Object> local = local();
    Greenlet<Object> waits =
        Gevent.spawn(
            () -> {
              use(local);
              Gevent.sleep(LONG);
              return null;
            });
    turn();
    Gevent.spawn(() -> use(local)).join();
    WeakReference<Object> ofTheDead = last();
    untilCollected("the value of the other", () -> ofTheDead.get() == null);
    assertThat(made.peek().get()).isNotNull();
    assertThat(GreenletLocal.all(waits)).containsKey(local);
    waits.kill();
  }

  private WeakReference<Object> last() {
    return new ArrayList<>(made).get(made.size() - 1);
  }

  // ---- with the local ----

  // gevent: test__local.py test_locals_collected_when_unreferenced_even_in_running_greenlet
  @Test
  void shouldGoWithTheLocalEvenIfItsGreenletRunsOn() throws Exception {
    inGreenlet(
        () -> {
          useAndDrop(1_000);
          untilGone(1_000);
          return null;
        });
  }

  private void useAndDrop(int count) {
    for (int i = 0; i < count; i++) {
      use(local());
    }
  }

  @Test
  void shouldGoWithTheLocalThatItRefersToItself() {
    dropOneThatRefersToItself();
    untilCollected("the value", () -> made.peek().get() == null);
  }

  private void dropOneThatRefersToItself() {
    GreenletLocal<Object> local = new GreenletLocal<>();
    local.set(List.of(local, Thread.currentThread(), RawGreenlet.getCurrent()));
    made.add(new WeakReference<>(local.get()));
  }

  @Test
  void shouldGoWithTheLocalInPlainThreadsAsWell() throws Exception {
    inThread(
        () -> {
          useAndDrop(10);
          long start = System.nanoTime();
          while (made.stream().anyMatch(each -> each.get() != null)) {
            assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
            System.gc();
          }
          return null;
        });
  }

  @Test
  void shouldForgetDroppedLocalsWhileItsGreenletRunsOn() {
    Cells cells = new Cells();
    Collection<Object> holder = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      addCells(cells, holder);
      holder.clear();
      WeakReference<Object> dropped = new WeakReference<>(new Object());
      untilCollected("the cells", () -> dropped.get() == null);
    }
    assertThat(cells.size()).isLessThan(4_000);
  }

  private static void addCells(Cells cells, Collection<Object> holder) {
    for (int i = 0; i < 1_000; i++) {
      GreenletLocal<Object> local = new GreenletLocal<>();
      Cell<Object> cell = new Cell<>(local, "value");
      holder.add(cell);
      cells.add(new WeakReference<>(cell), local);
    }
  }
}
