package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Guests;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * What the tests of the JDK's own I/O share: for as long as they run, what blocks there lets other
 * greenlets run. They don't use what isn't patched here: locks that somebody else holds.
 */
abstract class PatchedTest extends HubTest {
  static final int PATCHED =
      Native.GV_PATCH_SOCKET
          | Native.GV_PATCH_SELECT
          | Native.GV_PATCH_SUBPROCESS
          | Native.GV_PATCH_STDIN;

  private final List<AutoCloseable> kept = new ArrayList<>();

  @BeforeAll
  static void patch() {
    assertThat(Native.gv_patch(PATCHED)).isPositive();
    Guests.prepare(); // to throw in those who wait there
  }

  @AfterAll
  static void unpatch() {
    assertThat(Native.gv_unpatch(PATCHED)).isZero();
  }

  /** Has it closed after the test. */
  final <T extends AutoCloseable> T keep(T closeable) {
    kept.add(closeable);
    return closeable;
  }

  @AfterEach
  void closeThem() throws Exception {
    for (AutoCloseable each : kept) {
      each.close();
    }
  }

  /** A greenlet that makes a call, which is to block. */
  static <T> Greenlet<T> spawnBlocked(Callable<T> call) {
    Greenlet<T> greenlet = Gevent.spawn(call);
    assertOthersRunBefore(greenlet);
    return greenlet;
  }

  /** Others have their turns, though it waits. */
  static void assertOthersRunBefore(Greenlet<?> greenlet) {
    int[] turns = {0};
    Gevent.spawn(
            () -> {
              for (; turns[0] < 20; turns[0]++) {
                Gevent.sleep(0.0001);
              }
            })
        .join();
    assertThat(turns[0]).isEqualTo(20);
    assertThat(greenlet.isDead()).as("it has ended, with " + greenlet.exception()).isFalse();
  }

  static <T> T get(Greenlet<T> greenlet) throws Exception {
    return greenlet.get(LONG);
  }

  /** What the greenlet's call has thrown. */
  final Throwable failureOf(Greenlet<?> greenlet) {
    assertThat(greenlet.join(LONG)).isTrue();
    takeErrors();
    return greenlet.exception();
  }
}
