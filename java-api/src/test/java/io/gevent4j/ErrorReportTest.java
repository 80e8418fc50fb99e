package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.loop.TimerWatcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of errors that nobody catches: printed once, or thrown in main, or nothing. */
class ErrorReportTest extends HubTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  /** From now on the hub prints, and what it prints is kept. */
  private void print() {
    Gevent.getHub().setErrorHandler(null);
    Gevent.getHub().setExceptionStream(new PrintStream(printed, true, UTF_8));
  }

  private String printed() {
    return printed.toString(UTF_8);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static void failHere() throws IOException {
    throw new IOException("the reason");
  }

  private static Greenlet<Void> spawnHere() {
    return Gevent.spawn(
        () -> {
          Gevent.sleep(0);
          failHere();
          return null;
        });
  }

  // ---- printing ----

  @Test
  void shouldPrintOnceWithNameAndPlaceAndStackTrace() {
    print();
    Greenlet<Void> greenlet = spawnHere();
    greenlet.setName("the unlucky one");
    assertThat(thrownBy(greenlet::get)).hasMessageContaining("the reason");
    greenlet.join();
    Gevent.joinAll(greenlet);
    turns();
    assertThat(count(printed(), "java.io.IOException: the reason\n\tat "))
        .as("in " + printed())
        .isEqualTo(1);
    assertThat(count(printed(), "the unlucky one")).isEqualTo(1);
    assertThat(printed()).contains("failed with IOException", "ErrorReportTest.failHere(");
    assertThat(printed()).containsPattern("spawned\n\tat [^\n]*ErrorReportTest.spawnHere");
  }

  @Test
  void shouldPrintWhatARawGreenletThrows() {
    print();
    Gevent.spawnRaw(
        () -> {
          throw new IllegalStateException("raw");
        });
    turns();
    assertThat(count(printed(), "java.lang.IllegalStateException: raw")).isEqualTo(1);
  }

  @Test
  void shouldPrintNothingWhenThereIsNoStream() {
    Gevent.getHub().setErrorHandler(null);
    Gevent.getHub().setExceptionStream(null);
    Greenlet<Void> greenlet = spawnHere();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, UTF_8));
    try {
      greenlet.join();
      turns();
    } finally {
      System.setErr(before);
    }
    assertThat(printed()).doesNotContain("the reason");
    assertThat(greenlet.exception()).isInstanceOf(IOException.class);
  }

  @Test
  void shouldKeepTheHandlerWhenTheStreamIsSet() {
    Gevent.getHub().setExceptionStream(new PrintStream(printed, true, UTF_8));
    Greenlet<Void> greenlet = spawnHere();
    greenlet.join();
    turns();
    assertThat(takeThrown()).containsExactly(greenlet.exception());
    assertThat(printed()).isEmpty();
  }

  static Stream<Throwable> noErrors() {
    class Leave extends GreenletExit {}

    return Stream.of(exit(), new Leave());
  }

  @ParameterizedTest
  @MethodSource("noErrors")
  void shouldPrintNothingWhenItIsNoError(Throwable thrown) {
    print();
    spawnFailing(thrown).join();
    Gevent.spawnRaw(() -> raise(thrown));
    Gevent.getHub().loop().runCallback(() -> raise(thrown));
    Gevent.getHub().handleError(this, thrown);
    turns();
    assertThat(printed()).isEmpty();
  }

  @Test
  void shouldReportEndlessRecursionOnce() {
    Greenlet<Integer> greenlet = Gevent.spawn(() -> recurse(0));
    greenlet.join();
    turns();
    assertThat(greenlet.exception()).isInstanceOf(StackOverflowError.class);
    List<Reported> reported = takeErrors();
    assertThat(reported).hasSize(1);
    assertThat(reported.get(0).context).isSameAs(greenlet);
    assertThat(reported.get(0).thrown).isSameAs(greenlet.exception());
  }

  private static int recurse(int depth) {
    return 1 + recurse(depth + 1);
  }

  // ---- reaching main ----

  private enum Source {
    SPAWN,
    SPAWN_LATER,
    SPAWN_RAW,
    CALLBACK,
    FOREIGN_CALLBACK,
    TIMER,
    RAW_LINK,
    LINK;

    void fail(Throwable thrown) {
      Runnable failing = () -> raise(thrown);
      switch (this) {
        case SPAWN -> Gevent.spawn(failing);
        case SPAWN_LATER -> Gevent.spawnLater(0.001, failing);
        case SPAWN_RAW -> Gevent.spawnRaw(failing);
        case CALLBACK -> Gevent.getHub().loop().runCallback(failing);
        case FOREIGN_CALLBACK -> Gevent.getHub().loop().runCallbackThreadsafe(failing);
        case TIMER -> Gevent.getHub().loop().timer(0.001).start(failing);
        case RAW_LINK -> Gevent.spawn(() -> {}).rawLink(ignored -> failing.run());
        case LINK -> Gevent.spawn(() -> {}).link(ignored -> failing.run());
      }
    }
  }

  static Stream<Arguments> systemErrors() {
    List<Arguments> all = new ArrayList<>();
    for (Source source : Source.values()) {
      all.add(Arguments.of(source, new SystemExit(3)));
      all.add(Arguments.of(source, new InternalError("of the test")));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("systemErrors")
  void shouldReachMainWhenItIsASystemError(Source source, Throwable thrown) {
    source.fail(thrown);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(thrown);
    Gevent.sleep(SHORT);
    assertThat(errors()).as("reported as well").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("systemErrors")
  void shouldReachMainWhenMainWaitsForTheHub(Source source, Throwable thrown) {
    source.fail(thrown);
    assertThat(thrownBy(Gevent::waitAll)).isSameAs(thrown);
    Gevent.waitAll();
  }

  static Stream<Source> sources() {
    return Stream.of(Source.values());
  }

  @ParameterizedTest
  @MethodSource("sources")
  void shouldBeReportedOnceAndNotReachMainWhenItIsAnOrdinaryError(Source source) {
    RuntimeException failure = new RuntimeException("of the test");
    source.fail(failure);
    Gevent.sleep(SHORT);
    Gevent.waitAll();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldReachMainWhenTheContextIsNull() {
    IOException failure = new IOException("of the test");
    Gevent.getHub().handleError(null, failure);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(failure);
  }

  @Test
  void shouldKeepASystemErrorAsTheGreenletsException() {
    SystemExit end = new SystemExit(3);
    Greenlet<Object> greenlet = spawnFailing(end);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(end);
    assertThat(greenlet.exception()).isSameAs(end);
    assertThat(greenlet.successful()).isFalse();
    assertThat(end.status()).isEqualTo(3);
  }

  // ---- the hub lives on ----

  @Test
  void shouldNameTheWatcherWhenItsCallbackThrows() {
    RuntimeException failure = new RuntimeException("of the test");
    TimerWatcher timer = Gevent.getHub().loop().timer(0.001);
    timer.start(
        () -> {
          throw failure;
        });
    Gevent.waitAll();
    Reported reported = takeErrors().get(0);
    assertThat(reported.context).isSameAs(timer);
    assertThat(reported.thrown).isSameAs(failure);
  }

  @Test
  void shouldLiveOnWhenTheHandlerThrows() {
    Gevent.getHub().setExceptionStream(new PrintStream(printed, true, UTF_8));
    Gevent.getHub()
        .setErrorHandler(
            (context, thrown) -> {
              throw new IllegalStateException("the handler's own");
            });
    spawnHere().join();
    Gevent.getHub().loop().runCallback(() -> raise(new IOException("in a callback")));
    turns();
    assertThat(Gevent.spawn(() -> Gevent.sleep(SHORT)).join(LONG)).isTrue();
    assertThat(count(printed(), "the handler's own")).isEqualTo(2);
    assertThat(printed()).contains("the reason", "in a callback");
  }

  @Test
  void shouldLiveOnWhenTheErrorCannotBePrinted() {
    class Unprintable extends RuntimeException {
      @Override
      public String getMessage() {
        throw new IllegalStateException("no message");
      }
    }

    print();
    Greenlet<Object> greenlet = spawnFailing(new Unprintable());
    Greenlet<Void> other = Gevent.spawn(() -> Gevent.sleep(SHORT));
    assertThat(other.join(LONG)).isTrue();
    assertThat(greenlet.exception()).isInstanceOf(Unprintable.class);
    assertThat(printed()).contains("Unprintable");
    assertThat(thrownBy(() -> Gevent.getHub().handleError(this, new Unprintable())))
        .as("thrown by what never throws")
        .isNull();
  }
}
