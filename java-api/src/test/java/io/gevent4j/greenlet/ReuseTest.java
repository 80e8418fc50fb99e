package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A greenlet on a stack that others have used before is as new. */
class ReuseTest extends GreenletTest {
  /** Enough that later greenlets get a stack that was used before. */
  private static final int MANY = 50;

  private static final ThreadLocal<String> LOCAL = ThreadLocal.withInitial(() -> "initial");
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  /** Runs many greenlets at once that all leave something behind, and end. */
  private static void dirty(Runnable leaveSomething) {
    Function<Object, Object> run =
        value -> {
          toParent();
          leaveSomething.run();
          return null;
        };
    List<RawGreenlet> greenlets =
        IntStream.range(0, MANY).mapToObj(i -> new RawGreenlet(run)).collect(Collectors.toList());
    greenlets.forEach(RawGreenlet::switchTo);
    greenlets.forEach(RawGreenlet::switchTo);
    assertThat(greenlets).allMatch(RawGreenlet::isDead);
  }

  /** What as many new greenlets find. */
  private static List<Object> found(Supplier<Object> look) {
    List<RawGreenlet> greenlets =
        IntStream.range(0, MANY)
            .mapToObj(i -> new RawGreenlet(value -> toParent(look.get())))
            .collect(Collectors.toList());
    return greenlets.stream().map(RawGreenlet::switchTo).collect(Collectors.toList());
  }

  @Test
  void shouldStartWithoutThreadLocalsWhenTheStackWasUsedBefore() {
    dirty(() -> LOCAL.set("dirty"));
    assertThat(found(LOCAL::get)).containsOnly("initial");
  }

  @Test
  void shouldStartWithoutInheritableThreadLocalsWhenTheStackWasUsedBefore() {
    dirty(() -> INHERITABLE.set("dirty"));
    assertThat(found(INHERITABLE::get)).containsOnly((Object) null);
  }

  @Test
  void shouldStartUninterruptedWhenTheStackWasUsedBefore() {
    dirty(() -> Thread.currentThread().interrupt());
    assertThat(found(() -> Thread.currentThread().isInterrupted())).containsOnly(false);
  }

  @Test
  void shouldStartUninterruptedWhenTheStackWasInterruptedAfterItsGreenletEnded() {
    List<Object> threads = found(Thread::currentThread);
    dirty(() -> {});
    threads.forEach(thread -> ((Thread) thread).interrupt());
    dirty(() -> {});
    assertThat(found(() -> Thread.currentThread().isInterrupted())).contains(false);
  }

  @Test
  void shouldStartWithTheClassLoaderOfTheCreatorWhenTheStackWasUsedBefore() {
    ClassLoader left = new ClassLoader() {};
    dirty(() -> Thread.currentThread().setContextClassLoader(left));
    ClassLoader ours = new ClassLoader() {};
    Thread.currentThread().setContextClassLoader(ours);
    assertThat(found(() -> Thread.currentThread().getContextClassLoader())).containsOnly(ours);
  }

  @Test
  void shouldStartWithTheClassLoaderOfTheCreatorWhenAGreenletCreatesIt() {
    ClassLoader ours = new ClassLoader() {};
    RawGreenlet creator =
        new RawGreenlet(
            value -> {
              Thread.currentThread().setContextClassLoader(ours);
              return found(() -> Thread.currentThread().getContextClassLoader());
            });
    assertThat((List<?>) creator.switchTo()).allMatch(loader -> loader == ours);
  }

  @Test
  void shouldStartWithANameOfItsOwnWhenTheStackWasUsedBefore() {
    dirty(() -> Thread.currentThread().setName("dirty"));
    assertThat(found(() -> Thread.currentThread().getName())).doesNotContain("dirty");
  }

  @Test
  void shouldStartWithNormalPriorityWhenTheStackWasUsedBefore() {
    dirty(() -> Thread.currentThread().setPriority(Thread.MIN_PRIORITY));
    assertThat(found(() -> Thread.currentThread().getPriority()))
        .containsOnly(Thread.NORM_PRIORITY);
  }

  @Test
  void shouldStartWithoutAHandlerWhenTheStackWasUsedBefore() {
    Thread.UncaughtExceptionHandler left = (thread, thrown) -> {};
    dirty(() -> Thread.currentThread().setUncaughtExceptionHandler(left));
    assertThat(found(() -> Thread.currentThread().getUncaughtExceptionHandler()))
        .doesNotContain(left);
  }

  @Test
  void shouldStartCleanWhenTheOneBeforeEndedByAnException() {
    for (int i = 0; i < MANY; i++) {
      RawGreenlet fails =
          new RawGreenlet(
              value -> {
                LOCAL.set("dirty");
                Thread.currentThread().interrupt();
                throw new IllegalStateException();
              });
      assertThat(thrownBy(fails::switchTo)).isInstanceOf(IllegalStateException.class);
    }
    assertThat(found(LOCAL::get)).containsOnly("initial");
    assertThat(found(() -> Thread.currentThread().isInterrupted())).containsOnly(false);
  }

  @Test
  void shouldStartCleanWhenTheOneBeforeWasKilled() {
    for (int i = 0; i < MANY; i++) {
      RawGreenlet killed =
          new RawGreenlet(
              value -> {
                LOCAL.set("dirty");
                return toParent();
              });
      killed.switchTo();
      killed.throwInto(new GreenletExit());
    }
    assertThat(found(LOCAL::get)).containsOnly("initial");
  }

  @Test
  void shouldKeepTheInterruptOfItsOwnWhenOthersRunInBetween() {
    RawGreenlet interrupted =
        new RawGreenlet(
            value -> {
              Thread.currentThread().interrupt();
              toParent();
              return Thread.currentThread().isInterrupted();
            });
    interrupted.switchTo();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(found(() -> Thread.currentThread().isInterrupted())).containsOnly(false);
    assertThat(interrupted.switchTo()).isEqualTo(true);
  }

  @Test
  void shouldServeOneThreadWhenTheStackWasUsedByAnother() {
    inThread(() -> dirty(() -> LOCAL.set("dirty")));
    inThread(() -> assertThat(found(LOCAL::get)).containsOnly("initial"));
  }

  @Test
  void shouldBeADaemonSoThatNoGreenletKeepsTheProcessAlive() {
    assertThat(found(() -> Thread.currentThread().isDaemon())).containsOnly(true);
  }
}
