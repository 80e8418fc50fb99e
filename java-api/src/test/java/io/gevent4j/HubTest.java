package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.waiting.Throwables;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * What the tests of greenlets in a hub share. Each test has a thread of its own, is the main
 * greenlet of it, and has a fresh hub, which is closed when it ends; what greenlets throw without
 * the test expecting it fails the test.
 */
@ExtendWith(HubTest.FreshHub.class)
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
public abstract class HubTest {
  /** Never waited for to its end. */
  protected static final Duration LONG = Duration.ofSeconds(30);

  /** Waited for to its end. */
  protected static final Duration SHORT = Duration.ofMillis(10);

  /** A body that may throw anything. */
  @FunctionalInterface
  public interface Body {
    void run() throws Throwable;
  }

  /** What the hub's error handler was told. */
  public static final class Reported {
    public final Object context;
    public final Throwable thrown;

    Reported(Object context, Throwable thrown) {
      this.context = context;
      this.thrown = thrown;
    }

    @Override
    public String toString() {
      return context + ": " + thrown;
    }
  }

  /**
   * Closes the hub at the end. A method that runs after each test would come too late: it is run by
   * another thread, and only main can close a hub.
   */
  public static final class FreshHub implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
        Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
        throws Throwable {
      ((HubTest) context.getRequiredTestInstance()).runInFreshHub(test::proceed);
    }

    @Override
    public void interceptTestTemplateMethod(
        Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
        throws Throwable {
      interceptTestMethod(test, method, context);
    }
  }

  /** As GuestsContractOfTheJdkTest has it. */
  private static final boolean ON_GUESTS = Integer.getInteger("gevent4j.guests", 0) > 0;

  private final List<Reported> errors = new ArrayList<>();

  private void runInFreshHub(Body test) throws Throwable {
    if (ON_GUESTS) { // where the thread is in a hub already, which isn't the test's to close
      test.run();
      return;
    }
    try (Hub hub = Hub.get()) {
      hub.setWaitsForThreads(false); // those that run the tests wake nobody
      hub.setErrorHandler((context, thrown) -> errors.add(new Reported(context, thrown)));
      test.run();
    } catch (Throwable failure) {
      errors.forEach(each -> failure.addSuppressed(new AssertionError("" + each, each.thrown)));
      throw failure;
    }
    assertThat(errors).as("reported to the hub without being expected").isEmpty();
  }

  /** What was reported to the hub, the first one first. */
  protected final List<Reported> errors() {
    return List.copyOf(errors);
  }

  /** As {@link #errors()}; from now on they count as expected. */
  protected final List<Reported> takeErrors() {
    List<Reported> taken = errors();
    errors.clear();
    return taken;
  }

  /** What was thrown in those that were reported, which from now on count as expected. */
  protected final List<Throwable> takeThrown() {
    return takeErrors().stream().map(each -> each.thrown).toList();
  }

  /** Lets everything that is ready run once. */
  protected static void turn() {
    Gevent.sleep(0);
  }

  /** Lets everything that is ready run, and what becomes ready by that. */
  protected static void turns() {
    for (int i = 0; i < 5; i++) {
      turn();
    }
  }

  /** A greenlet, started but not run, that throws this. */
  protected static Greenlet<Object> spawnFailing(Throwable thrown) {
    return Gevent.spawn(
        () -> {
          throw raise(thrown);
        });
  }

  /** A greenlet that waits, in a sleep. */
  protected static Greenlet<Void> spawnSleeping() {
    Greenlet<Void> greenlet = Gevent.spawn(() -> Gevent.sleep(LONG));
    turn();
    assertThat(greenlet.isActive()).as("it sleeps").isTrue();
    return greenlet;
  }

  /** A greenlet that waits, survives whatever is thrown into it, and keeps that in the list. */
  protected static Greenlet<Void> spawnUndead(List<Throwable> caught) {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              for (; ; ) {
                try {
                  Gevent.sleep(LONG);
                } catch (HubDestroyed end) {
                  throw end;
                } catch (Throwable thrown) {
                  caught.add(thrown);
                }
              }
            });
    turn();
    return greenlet;
  }

  protected static GreenletExit exit() {
    return new GreenletExit("of the test");
  }

  /** Throws anything. To be used after {@code throw}, so that the compiler knows. */
  protected static RuntimeException raise(Throwable thrown) {
    throw Throwables.<RuntimeException>sneak(thrown);
  }

  /** What the body throws, or null. */
  protected static Throwable thrownBy(Body body) {
    try {
      body.run();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }
}
