package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a greenlet says of itself: its state, in methods and in words, and its stack. */
class StateTest extends GreenletTest {
  @Test
  void shouldBeNeitherStartedNorActiveNorDeadWhenUnstarted() {
    assertState(new RawGreenlet(value -> value), false, false, false);
  }

  @Test
  void shouldBeStartedAndActiveWhenRunning() {
    new RawGreenlet(
            value -> {
              assertState(RawGreenlet.getCurrent(), true, true, false);
              return null;
            })
        .switchTo();
  }

  @Test
  void shouldBeStartedAndActiveWhenSuspended() {
    assertState(suspendedEcho(), true, true, false);
  }

  @Test
  void shouldBeDeadAndNotActiveWhenEnded() {
    RawGreenlet dead = deadGreenlet();
    assertThat(dead.isDead()).isTrue();
    assertThat(dead.isActive()).isFalse();
  }

  @Test
  void shouldBeDeadAndNotActiveWhenKilled() {
    RawGreenlet echo = suspendedEcho();
    echo.throwInto(new GreenletExit());
    assertThat(echo.isDead()).isTrue();
    assertThat(echo.isActive()).isFalse();
  }

  // greenlet: test_greenlet.py TestMainGreenlet
  @Test
  void shouldBeStartedAndActiveWhenMain() {
    assertState(RawGreenlet.getCurrent(), true, true, false);
  }

  private static void assertState(
      RawGreenlet greenlet, boolean started, boolean active, boolean dead) {
    assertThat(greenlet.isStarted()).as("started").isEqualTo(started);
    assertThat(greenlet.isActive()).as("active").isEqualTo(active);
    assertThat(greenlet.isDead()).as("dead").isEqualTo(dead);
  }

  @Test
  void shouldBeDeadWhenMainOfAThreadThatHasExited() {
    AtomicReference<RawGreenlet> main = new AtomicReference<>();
    inThread(() -> main.set(RawGreenlet.getCurrent()));
    until("the end of the thread is noticed", () -> main.get().isDead());
    assertThat(main.get().isActive()).isFalse();
  }

  // greenlet: test_greenlet.py TestRepr.test_main_while_running
  @Test
  void shouldSayCurrentActiveStartedMainWhenMainRuns() {
    assertThat(RawGreenlet.getCurrent().toString())
        .contains("current active started")
        .contains("main");
  }

  // greenlet: test_greenlet.py TestRepr.test_main_in_background
  @Test
  void shouldSaySuspendedActiveStartedMainWhenMainWaits() {
    RawGreenlet main = RawGreenlet.getCurrent();
    String words = (String) new RawGreenlet(value -> main.toString()).switchTo();
    assertThat(words).contains("suspended active started").contains("main");
  }

  // greenlet: test_greenlet.py TestRepr.test_initial
  @Test
  void shouldSayPendingWhenUnstarted() {
    assertThat(new RawGreenlet(value -> value).toString())
        .contains("pending")
        .doesNotContain("started")
        .doesNotContain("main");
  }

  @Test
  void shouldSayCurrentActiveStartedWhenRunning() {
    String words =
        (String) new RawGreenlet(value -> RawGreenlet.getCurrent().toString()).switchTo();
    assertThat(words).contains("current active started").doesNotContain("main");
  }

  @Test
  void shouldSaySuspendedActiveStartedWhenSuspended() {
    assertThat(suspendedEcho().toString())
        .contains("suspended active started")
        .doesNotContain("main");
  }

  // greenlet: test_greenlet.py TestRepr.test_dead
  @Test
  void shouldSayDeadWhenEnded() {
    assertThat(deadGreenlet().toString())
        .contains("dead")
        .doesNotContain("suspended")
        .doesNotContain("started")
        .doesNotContain("active");
  }

  // greenlet: test_greenlet.py TestRepr.test_main_from_other_thread
  @Test
  void shouldSaySuspendedActiveStartedMainWhenAnotherThreadAsks() {
    RawGreenlet main = RawGreenlet.getCurrent();
    AtomicReference<String> words = new AtomicReference<>();
    inThread(() -> words.set(main.toString()));
    assertThat(words.get()).contains("suspended active started").contains("main");
  }

  @Test
  void shouldSaySuspendedActiveStartedWhenAnotherThreadAsksAboutASuspendedOne() {
    RawGreenlet echo = suspendedEcho();
    AtomicReference<String> words = new AtomicReference<>();
    inThread(() -> words.set(echo.toString()));
    assertThat(words.get()).contains("suspended active started");
  }

  // greenlet: test_greenlet.py TestRepr.test_main_from_other_thread
  @Test
  void shouldSayThreadExitedDeadWhenMainOfAThreadThatHasExited() {
    AtomicReference<RawGreenlet> main = new AtomicReference<>();
    inThread(() -> main.set(RawGreenlet.getCurrent()));
    until("the end of the thread is noticed", () -> main.get().isDead());
    assertThat(main.get().toString()).contains("(thread exited) dead");
  }

  @Test
  void shouldSayDeadWhenReleasedAtTheEndOfItsThread() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    inThread(() -> greenlet.set(suspendedEcho()));
    until("it is dead", () -> greenlet.get().isDead());
    assertThat(greenlet.get().toString()).contains("dead").doesNotContain("suspended");
  }

  // greenlet: test_greenlet.py TestRepr.test_formatting_produces_native_str
  @Test
  void shouldTellTwoGreenletsApartInWords() {
    assertThat(new RawGreenlet(value -> value).toString())
        .isNotEqualTo(new RawGreenlet(value -> value).toString());
  }

  // greenlet: test_greenlet.py test_can_access_f_back_of_suspended_greenlet
  @Test
  void shouldShowItsOwnFramesOnlyWhenSuspended() {
    RawGreenlet greenlet = new RawGreenlet(StateTest::outer);
    greenlet.switchTo();
    new RawGreenlet(value -> value).switchTo(); // somebody else comes and goes meanwhile
    assertThat(methods(greenlet.getStackTrace()))
        .as(Arrays.toString(greenlet.getStackTrace()))
        .containsExactly("inner", "outer");
  }

  private static Object outer(Object value) {
    return inner();
  }

  private static Object inner() {
    return parent().switchTo();
  }

  // greenlet: test_greenlet.py test_frame
  @Test
  void shouldShowNoFramesWhenUnstarted() {
    assertThat(new RawGreenlet(StateTest::outer).getStackTrace()).isEmpty();
  }

  // greenlet: test_greenlet.py test_frame
  @Test
  void shouldShowNoFramesWhenDead() {
    RawGreenlet greenlet = new RawGreenlet(StateTest::outer);
    greenlet.switchTo();
    greenlet.switchTo();
    assertThat(greenlet.getStackTrace()).isEmpty();
  }

  @Test
  void shouldShowNoFramesWhenRunning() {
    RawGreenlet greenlet =
        new RawGreenlet(value -> RawGreenlet.getCurrent().getStackTrace().length);
    assertThat(greenlet.switchTo()).isEqualTo(0);
    assertThat(RawGreenlet.getCurrent().getStackTrace()).isEmpty();
  }

  @Test
  void shouldShowNoFramesOfTheOldGreenletWhenItsStackIsUsedAgain() {
    RawGreenlet first = new RawGreenlet(StateTest::outer);
    first.switchTo();
    first.switchTo();
    RawGreenlet second = new RawGreenlet(value -> inner());
    second.switchTo();
    assertThat(first.getStackTrace()).isEmpty();
    assertThat(methods(second.getStackTrace())).contains("inner").doesNotContain("outer");
  }

  @Test
  void shouldShowNoFramesOfTheLibraryWhenSuspended() {
    RawGreenlet greenlet = new RawGreenlet(value -> inner());
    greenlet.switchTo();
    assertThat(greenlet.getStackTrace())
        .isNotEmpty()
        .allMatch(
            frame ->
                frame.getClassName().startsWith(StateTest.class.getName())
                    || frame.getClassName().startsWith(GreenletTest.class.getName()));
  }

  @Test
  void shouldShowWhereThrowIntoWaitsWhenSuspendedInIt() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = new RawGreenlet(value -> throwFrom(main));
    thrownBy(greenlet::switchTo);
    assertThat(methods(greenlet.getStackTrace()).get(0)).isEqualTo("throwFrom");
  }

  private static Object throwFrom(RawGreenlet target) {
    return target.throwInto(new RuntimeException());
  }

  @Test
  void shouldShowMainsFramesWhenMainIsSuspended() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = new RawGreenlet(value -> main.getStackTrace());
    StackTraceElement[] frames = (StackTraceElement[]) greenlet.switchTo();
    assertThat(methods(frames).get(0)).isEqualTo("shouldShowMainsFramesWhenMainIsSuspended");
  }

  // greenlet: test_greenlet.py test_get_stack_with_nested_c_calls
  @Test
  void shouldShowTheFramesBelowNativeOnesWhenSuspended() throws Exception {
    Method recurse = StateTest.class.getDeclaredMethod("recurse", Method.class, int.class);
    RawGreenlet greenlet = new RawGreenlet(value -> recurse(recurse, (Integer) value));
    greenlet.switchTo(5);
    assertThat(methods(greenlet.getStackTrace())).filteredOn("recurse"::equals).hasSize(6);
    assertThat(greenlet.switchTo(10)).isEqualTo(1200); // 5! * 10
  }

  static Object recurse(Method recurse, int depth) {
    if (depth == 0) {
      return toParent();
    }
    try {
      return depth * (Integer) recurse.invoke(null, recurse, depth - 1);
    } catch (ReflectiveOperationException failed) {
      throw raise(failed);
    }
  }

  @Test
  void shouldShowItsFramesWhenAnotherThreadAsks() {
    RawGreenlet greenlet = new RawGreenlet(StateTest::outer);
    greenlet.switchTo();
    AtomicReference<StackTraceElement[]> frames = new AtomicReference<>();
    inThread(() -> frames.set(greenlet.getStackTrace()));
    assertThat(methods(frames.get())).containsExactly("inner", "outer");
  }

  @Test
  void shouldNotDisturbWhenAnotherThreadAsksAgainAndAgain() {
    RawGreenlet echo = suspendedEcho();
    CountDownLatch asking = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    Worker asker =
        startThread(
            () -> {
              do {
                echo.getStackTrace();
                assertThat(echo.toString()).contains("active");
                asking.countDown();
              } while (enough.getCount() > 0);
            });
    await(asking);
    for (int i = 0; i < 20_000; i++) {
      assertThat(echo.switchTo(i)).isEqualTo(i);
    }
    enough.countDown();
    join(asker);
  }

  private static List<String> methods(StackTraceElement[] frames) {
    return Arrays.stream(frames)
        .map(StackTraceElement::getMethodName)
        .collect(Collectors.toCollection(ArrayList::new));
  }
}
