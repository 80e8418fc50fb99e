package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is refused, and that a refusal changes nothing. */
class BadInputTest extends GreenletTest {
  private static final Function<Object, Object> NO_RUN = null;

  // greenlet: test_greenlet.py test_run_equals_None; Java has no run to be given later
  @Test
  void shouldRefuseToConstructWhenRunIsNull() {
    assertThat(thrownBy(() -> new RawGreenlet(NO_RUN))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldRefuseToConstructWhenRunIsNullAndAParentIsGiven() {
    RawGreenlet parent = RawGreenlet.getCurrent();
    assertThat(thrownBy(() -> new RawGreenlet(NO_RUN, parent)))
        .isInstanceOf(NullPointerException.class);
  }

  // greenlet: test_throw.py test_not_throwable
  @Test
  void shouldRefuseToThrowNullAndStaySuspendedWhenSuspended() {
    RawGreenlet echo = suspendedEcho();
    assertThat(thrownBy(() -> echo.throwInto(null))).isInstanceOf(NullPointerException.class);
    assertThat(echo.isActive()).isTrue();
    assertThat(echo.switchTo("as before")).isEqualTo("as before");
  }

  @Test
  void shouldRefuseToThrowNullAndStayUnstartedWhenUnstarted() {
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    assertThat(thrownBy(() -> unstarted.throwInto(null))).isInstanceOf(NullPointerException.class);
    assertThat(unstarted.isStarted()).isFalse();
    assertThat(unstarted.switchTo("as before")).isEqualTo("as before");
  }

  @Test
  void shouldRefuseToThrowNullWhenDead() {
    RawGreenlet dead = deadGreenlet();
    assertThat(thrownBy(() -> dead.throwInto(null))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldRefuseToThrowNullWhenCurrent() {
    RawGreenlet main = RawGreenlet.getCurrent();
    assertThat(thrownBy(() -> main.throwInto(null))).isInstanceOf(NullPointerException.class);
  }

  // greenlet: test_greenlet.py test_set_parent_wrong_types, not running
  @Test
  void shouldRefuseNullAsParentWhenUnstarted() {
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    assertThat(thrownBy(() -> unstarted.setParent(null))).isInstanceOf(NullPointerException.class);
    assertThat(unstarted.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_greenlet.py test_set_parent_wrong_types, running
  @Test
  void shouldRefuseNullAsParentWhenSuspended() {
    RawGreenlet echo = suspendedEcho();
    assertThat(thrownBy(() -> echo.setParent(null))).isInstanceOf(NullPointerException.class);
    assertThat(echo.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  @Test
  void shouldRefuseNullAsParentWhenDead() {
    RawGreenlet dead = deadGreenlet();
    assertThat(thrownBy(() -> dead.setParent(null))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldThrowInTheParentWhenRunCannotTakeTheValue() {
    RawGreenlet greenlet = new RawGreenlet(value -> (Integer) value + 1);
    assertThat(thrownBy(() -> greenlet.switchTo("not a number")))
        .isInstanceOf(ClassCastException.class);
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldRefuseToSayWhoIsCurrentWhenOnAVirtualThread() {
    assertThat(thrownOnAVirtualThread(RawGreenlet::getCurrent))
        .isInstanceOf(GreenletException.class);
  }

  @Test
  void shouldRefuseToConstructWhenOnAVirtualThread() {
    assertThat(thrownOnAVirtualThread(() -> new RawGreenlet(value -> value)))
        .isInstanceOf(GreenletException.class);
  }

  @Test
  void shouldRefuseToSwitchWhenOnAVirtualThread() {
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    assertThat(thrownOnAVirtualThread(unstarted::switchTo)).isInstanceOf(GreenletException.class);
    assertThat(unstarted.switchTo("as before")).isEqualTo("as before");
  }

  @Test
  void shouldRefuseToThrowWhenOnAVirtualThread() {
    RawGreenlet echo = suspendedEcho();
    assertThat(thrownOnAVirtualThread(() -> echo.throwInto(new GreenletExit())))
        .isInstanceOf(GreenletException.class);
    assertThat(echo.switchTo("as before")).isEqualTo("as before");
  }

  private static Throwable thrownOnAVirtualThread(Body body) {
    Method startVirtualThread = startVirtualThread();
    assumeTrue(startVirtualThread != null, "this JDK has virtual threads");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable task = () -> thrown.set(thrownBy(body));
    try {
      Thread thread = (Thread) startVirtualThread.invoke(null, task);
      thread.join(DEADLINE_SECONDS * 1000);
      assertThat(thread.isAlive()).as("the virtual thread is still running").isFalse();
    } catch (ReflectiveOperationException | InterruptedException failed) {
      throw raise(failed);
    }
    return thrown.get();
  }

  /** Null where virtual threads are missing (JDK 17), or still a preview. */
  private static Method startVirtualThread() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      return Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException missing) {
      return null;
    }
  }
}
