package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The JDK's own locals are per greenlet, since a greenlet has a thread's identity. */
class ThreadLocalTest extends LocalTest {
  private final ThreadLocal<String> local = ThreadLocal.withInitial(() -> "initial");
  private final InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();

  @Test
  void shouldBePerGreenlet() {
    local.set("of main");
    List<Greenlet<String>> greenlets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String name = "of greenlet " + i;
      greenlets.add(
          Gevent.spawn(
              () -> {
                String first = local.get();
                local.set(name);
                turn();
                return first + ", " + local.get();
              }));
    }
    Gevent.joinAll(greenlets);
    for (int i = 0; i < 20; i++) {
      assertThat(greenlets.get(i).value()).isEqualTo("initial, of greenlet " + i);
    }
    assertThat(local.get()).isEqualTo("of main");
  }

  @Test
  void shouldStartAnewInTheNextGreenletOnTheSameThread() throws Exception {
    int reused = 0;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Thread thread =
          inGreenlet(
              () -> {
                assertThat(local.get()).isEqualTo("initial");
                assertThat(inheritable.get()).isNull();
                local.set("dirty");
                inheritable.set("dirty");
                return Thread.currentThread();
              });
      reused += threads.contains(thread) ? 1 : 0;
      threads.add(thread);
    }
    assertThat(reused).as("threads that were used again").isPositive();
  }

  @Test
  void shouldKeepItsValueWhileAway() throws Exception {
    String found =
        inGreenlet(
            () -> {
              local.set("before");
              String away =
                  Hub.get()
                      .blocking(
                          () -> {
                            String seen = local.get();
                            local.set("away");
                            return seen;
                          });
              return away + ", " + local.get();
            });
    assertThat(found).isEqualTo("before, away");
  }

  @Test
  void shouldLetGoOfItsValueWhenTheGreenletHasEnded() {
    ThreadLocal<Object> holds = new ThreadLocal<>();
    AtomicReference<WeakReference<Object>> value = new AtomicReference<>();
    Greenlet<Void> held =
        Gevent.spawn(
            () -> {
              holds.set(new Object());
              value.set(new WeakReference<>(holds.get()));
            });
    held.join();
    untilCollected("the value", () -> value.get().get() == null);
    assertThat(held.ready()).isTrue();
    assertThat(holds.get()).isNull();
  }

  // ---- InheritableThreadLocal: from the thread that makes a thread, and a greenlet makes none

  @Test
  void shouldNotInheritFromWhoSpawnsAGreenlet() throws Exception {
    inheritable.set("of main");
    assertThat(inGreenlet(inheritable::get)).isNull();
    assertThat(inGreenlet(() -> inGreenlet(inheritable::get))).isNull();
  }

  @Test
  void shouldInheritFromTheGreenletThatMakesAThread() throws Exception {
    inheritable.set("of main");
    String found =
        inGreenlet(
            () -> {
              inheritable.set("of the greenlet");
              return Hub.get().blocking(() -> inThread(inheritable::get));
            });
    assertThat(found).isEqualTo("of the greenlet");
    assertThat(inThread(inheritable::get)).isEqualTo("of main");
  }
}
