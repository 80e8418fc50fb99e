package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.greenlet.GreenletExit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Tests that write down what happens, in words, and compare the line that comes of it. */
abstract class Recorded extends HubTest {
  private final List<String> happened = new ArrayList<>();

  final void record(Object what) {
    happened.add(String.valueOf(what));
  }

  /** What has happened since this was last asked for. */
  final void assertHappened(String expected) {
    String line = String.join(" ", happened);
    happened.clear();
    assertThat(line).isEqualTo(expected);
  }

  /** A greenlet that writes down, with this name, how it ends, unless it just ends. */
  final Greenlet<Void> spawn(String name, Body body) {
    return Gevent.spawn(
        () -> {
          try {
            body.run();
          } catch (Full | Empty | ShutDown | InterruptedException expected) {
            record(name + ":" + expected.getClass().getSimpleName());
          } catch (GreenletExit exit) {
            record(name + ":killed");
          } catch (Throwable thrown) {
            throw raise(thrown);
          }
        });
  }

  /** One that is killed where it waits, when its turn comes. */
  static void killLater(Greenlet<?> greenlet) {
    greenlet.kill(false);
  }

  /** Many of a kind, all started in their order. */
  static <T> List<T> each(String names, Function<String, T> make) {
    List<T> made = new ArrayList<>();
    for (String name : names.split("")) {
      made.add(make.apply(name));
    }
    return made;
  }
}
