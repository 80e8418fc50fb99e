package io.gevent4j.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Signals that this process sends itself; SIGWINCH and SIGCONT do no harm where they are missed.
 */
@Isolated
class SignalWatcherTest extends OnEachLoop {
  private static void kill(String signal) {
    try {
      String pid = Long.toString(ProcessHandle.current().pid());
      Process kill = new ProcessBuilder("kill", "-s", signal, pid).inheritIO().start();
      assertThat(kill.waitFor(30, SECONDS) && kill.exitValue() == 0).as("kill").isTrue();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldFireWhenTheProcessGetsTheSignal() {
    List<String> seen = new ArrayList<>();
    SignalWatcher watcher = loop().signal("SIGWINCH");
    watcher.start(
        () -> {
          seen.add("fired");
          watcher.stop();
        });
    loop().runCallback(() -> kill("WINCH"));
    run();
    assertThat(seen).containsExactly("fired");
  }

  @Test
  void shouldKeepTheProcessAliveWhenItWatchesWhatWouldEndIt() {
    for (String signal : List.of("TERM", "HUP", "INT", "USR1")) {
      List<String> seen = new ArrayList<>();
      SignalWatcher watcher = loop().signal(signal);
      watcher.start(
          () -> {
            seen.add("fired");
            watcher.close();
          });
      loop().runCallback(() -> kill(signal));
      run();
      assertThat(seen).as(signal).containsExactly("fired");
    }
  }

  @Test
  void shouldWakeALoopThatSleeps() {
    SignalWatcher watcher = loop().signal("CONT");
    watcher.start(watcher::stop);
    Thread killer = startThread(() -> kill("CONT"));
    run();
    join(killer);
  }

  @Test
  void shouldAllFireWhenSeveralWatchOneSignal() {
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      SignalWatcher watcher = loop().signal("WINCH");
      watcher.start(
          () -> {
            seen.add(number);
            watcher.stop();
          });
    }
    loop().runCallback(() -> kill("WINCH"));
    run();
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void shouldHaveTheSameNumberUnderEachName() {
    SignalWatcher watcher = loop().signal("TERM");
    assertThat(watcher.number()).isEqualTo(15);
    assertThat(loop().signal("SIGTERM").number()).isEqualTo(15);
    assertThat(loop().signal(15).number()).isEqualTo(15);
    assertThat(watcher.toString()).contains("signal watcher", "TERM");
  }

  /** Java's own handler of signals, by reflection because the compiler warns of it. */
  private static void handle(String signal, Runnable action) throws Exception {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object handler =
        Proxy.newProxyInstance(
            handlerType.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) -> {
              action.run();
              return null;
            });
    type.getMethod("handle", type, handlerType)
        .invoke(null, type.getConstructor(String.class).newInstance(signal), handler);
  }

  @Test
  void shouldPutTheEarlierHandlerBackWhenItStops() throws Exception {
    Semaphore handled = new Semaphore(0);
    handle("WINCH", handled::release);
    kill("WINCH");
    assertThat(handled.tryAcquire(30, SECONDS)).as("before").isTrue();
    SignalWatcher watcher = loop().signal("WINCH");
    watcher.start(watcher::stop);
    loop().runCallback(() -> kill("WINCH"));
    run();
    kill("WINCH");
    assertThat(handled.tryAcquire(30, SECONDS)).as("after").isTrue();
    assertThat(handled.availablePermits()).as("during").isZero();
  }

  @Test
  void shouldRefuseTheSignalsOfTheVirtualMachine() {
    for (String signal : List.of("SEGV", "BUS", "FPE", "ILL")) {
      assertThat(thrownBy(() -> loop().signal(signal)))
          .as(signal)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(signal)
          .hasMessageContaining("virtual machine");
    }
    assertThat(loop().debug().lines()).hasSize(1);
  }

  // gevent: test__core.py, illegal signal numbers
  @Test
  void shouldRefuseWhatIsNoSignalOrCanNotBeCaught() {
    for (int number : new int[] {0, -1, 999, 9, 19}) {
      assertThat(thrownBy(() -> loop().signal(number)))
          .as("%d", number)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String signal : List.of("", "NONE", "SIGNONE", "KILL", "SIGSTOP")) {
      assertThat(thrownBy(() -> loop().signal(signal)))
          .as(signal)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
