package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import io.gevent4j.monkey.ClassLoadingContractOfTheJdkTest.Base;
import io.gevent4j.monkey.ClassLoadingContractOfTheJdkTest.Derived;
import io.gevent4j.monkey.ClassLoadingContractOfTheJdkTest.Sibling;
import io.gevent4j.monkey.ClassLoadingContractOfTheJdkTest.Slow;
import io.gevent4j.monkey.ClassLoadingContractOfTheJdkTest.SlowAndSerial;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Greenlets by {@code spawn} that want a class which another of their hub is about to provide. */
class SpawnedAndClassesTest {
  static final class Waiting {
    static final int VALUE = slowly(7);
  }

  static final class Failing {
    static final int VALUE = 1 / slowly(0);
  }

  private static int slowly(int value) {
    Gevent.sleep(0.05);
    return value;
  }

  static final class Initialization {
    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll();
      Hub.get();
      List<Greenlet<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(Gevent.spawn(() -> Waiting.VALUE));
      }
      Gevent.sleep(0.01);
      say("main has " + Waiting.VALUE);
      for (Greenlet<Integer> each : all) {
        say("has " + each.get());
      }
      Greenlet<Integer> first = Gevent.spawn(() -> Failing.VALUE);
      Greenlet<Integer> second = Gevent.spawn(() -> Failing.VALUE);
      Gevent.joinAll(List.of(first, second));
      say(first.exception().getClass().getSimpleName());
      say(second.exception().getClass().getSimpleName());
    }
  }

  @Test
  void shouldWaitForAnInitializerThatWaits() throws Exception {
    try (Program program = new Program(Initialization.class)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .startsWith("main has 7")
          .contains("ExceptionInInitializerError", "NoClassDefFoundError")
          .filteredOn(line -> line.equals("has 7"))
          .hasSize(10);
    }
  }

  static final class Loading {
    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll();
      Hub.get();
      ClassLoader loader = arguments[0].equals("parallel") ? new Slow() : new SlowAndSerial();
      List<String> names =
          List.of(Derived.class.getName(), Base.class.getName(), Sibling.class.getName());
      List<Greenlet<Class<?>>> all = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        String name = names.get(i % names.size());
        all.add(Gevent.spawn(() -> Class.forName(name, true, loader)));
      }
      Gevent.joinAll(all);
      say(all.stream().map(Greenlet::value).distinct().count() + " classes");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parallel", "serial"})
  void shouldWaitForALoaderThatWaits(String kind) throws Exception {
    try (Program program = new Program(Loading.class, kind)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("3 classes");
    }
  }
}
