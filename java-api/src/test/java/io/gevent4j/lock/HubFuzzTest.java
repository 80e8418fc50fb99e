package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.event.Event;
import io.gevent4j.waiting.Others;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random programs of one hub do, step by step, what a model of a few lines says. */
class HubFuzzTest extends HubTest {
  private enum Op {
    ACQUIRE,
    TRY,
    RELEASE,
    AWAIT,
    SET,
    CLEAR,
    YIELD,
    KILL
  }

  static LongStream seeds() {
    return LongStream.range(0, 10).map(seed -> seed * 1_000_000);
  }

  /** What each greenlet does, and whom it kills. */
  private static final class Script {
    final Op[][] ops;
    final int[][] victims;
    final int permits;

    Script(Random random) {
      int greenlets = 2 + random.nextInt(5);
      ops = new Op[greenlets][];
      victims = new int[greenlets][];
      permits = random.nextInt(3);
      for (int i = 0; i < greenlets; i++) {
        ops[i] = new Op[1 + random.nextInt(12)];
        victims[i] = new int[ops[i].length];
        for (int step = 0; step < ops[i].length; step++) {
          Op op = Op.values()[random.nextInt(Op.values().length)];
          int victim = random.nextInt(greenlets);
          ops[i][step] = op == Op.KILL && (victim == i || random.nextInt(3) > 0) ? Op.YIELD : op;
          victims[i][step] = victim;
        }
      }
    }

    @Override
    public String toString() {
      return permits + " " + Arrays.deepToString(ops) + " " + Arrays.deepToString(victims);
    }
  }

  // ---- the real thing ----

  private static List<String> run(Script script) {
    List<String> trace = new ArrayList<>();
    Semaphore semaphore = new Semaphore(script.permits);
    Event event = new Event();
    List<Greenlet<Void>> greenlets = new ArrayList<>();
    for (int i = 0; i < script.ops.length; i++) {
      int self = i;
      greenlets.add(
          Gevent.spawn(
              () -> {
                for (int step = 0; step < script.ops[self].length; step++) {
                  String result = "";
                  switch (script.ops[self][step]) {
                    case ACQUIRE -> semaphore.acquire();
                    case TRY -> result = "" + semaphore.tryAcquire();
                    case RELEASE -> semaphore.release();
                    case AWAIT -> result = "" + event.await();
                    case SET -> event.set();
                    case CLEAR -> event.clear();
                    case YIELD -> Gevent.sleep(0);
                    default -> greenlets.get(script.victims[self][step]).kill(exit(), false, null);
                  }
                  trace.add(self + ":" + step + result);
                }
              }));
    }
    Hub.get().join();
    trace.add("counter " + semaphore.counter());
    trace.add("waiting " + semaphore.linkCount() + " " + event.linkCount());
    Gevent.killAll(greenlets);
    assertThat(semaphore.linkCount() + event.linkCount()).isZero();
    return trace;
  }

  // ---- the model ----

  private static final class Model {
    final Script script;
    final int[] step;
    final boolean[] dead;
    final boolean[] started;
    final boolean[] told;
    final Deque<int[]> ready = new ArrayDeque<>(); // greenlet, 1 to kill it
    final List<Integer> forPermits = new ArrayList<>();
    final List<Integer> forEvent = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    final Map<Integer, String> pendingResult = new HashMap<>(); // of those who let others run
    int counter;
    boolean set;

    Model(Script script) {
      this.script = script;
      int count = script.ops.length;
      step = new int[count];
      dead = new boolean[count];
      started = new boolean[count];
      told = new boolean[count];
      counter = script.permits;
    }

    List<String> run() {
      for (int i = 0; i < step.length; i++) {
        ready.add(new int[] {i, 0});
      }
      while (!ready.isEmpty()) {
        int[] next = ready.poll();
        if (next[1] == 1) {
          kill(next[0]);
        } else if (!dead[next[0]]) {
          resume(next[0]);
        }
      }
      trace.add("counter " + counter);
      trace.add("waiting " + forPermits.size() + " " + forEvent.size());
      return trace;
    }

    private void kill(int victim) {
      if (dead[victim]) {
        return;
      }
      dead[victim] = true;
      ready.removeIf(entry -> entry[0] == victim && entry[1] == 0);
      forEvent.remove((Integer) victim);
      if (forPermits.remove((Integer) victim)) {
        serve(false);
      }
    }

    /** Unless somebody is coming, who will see to it, the first is told: to go on next, or last. */
    private void serve(boolean last) {
      if (counter > 0 && !forPermits.isEmpty() && forPermits.stream().noneMatch(i -> told[i])) {
        tell(forPermits.get(0), last);
      }
    }

    private void tell(int greenlet, boolean last) {
      told[greenlet] = true;
      int[] entry = {greenlet, 0};
      if (last) {
        ready.addLast(entry);
      } else {
        ready.addFirst(entry);
      }
    }

    /** Its turn has come, out of a wait or not. */
    private void resume(int self) {
      started[self] = true;
      boolean waited = told[self];
      told[self] = false;
      if (forPermits.contains(self)) {
        if (counter == 0) {
          return;
        }
        counter--;
        forPermits.remove((Integer) self);
        serve(false);
        done(self, "");
      } else if (forEvent.remove((Integer) self)) {
        assertThat(waited).isTrue();
        done(self, "true");
      }
      runOn(self);
    }

    private void runOn(int self) {
      String pending = pendingResult.remove(self);
      if (pending != null) {
        done(self, pending);
      }
      while (step[self] < script.ops[self].length) {
        switch (script.ops[self][step[self]]) {
          case ACQUIRE:
            if (counter == 0) {
              forPermits.add(self);
              return;
            }
            counter--;
            done(self, "");
            break;
          case TRY:
            boolean free = counter > 0;
            counter -= free ? 1 : 0;
            done(self, "" + free);
            break;
          case RELEASE:
            counter++;
            serve(true);
            done(self, "");
            break;
          case AWAIT:
            if (!set) {
              forEvent.add(self);
              return;
            }
            if (forEvent.stream().anyMatch(each -> told[each])) {
              pendingResult.put(self, "true");
              ready.add(new int[] {self, 0});
              return;
            }
            done(self, "true");
            break;
          case SET:
            set = true;
            forEvent.stream()
                .filter(each -> !told[each])
                .toList()
                .forEach(each -> tell(each, true));
            done(self, "");
            break;
          case CLEAR:
            set = false;
            done(self, "");
            break;
          case YIELD:
            pendingResult.put(self, "");
            ready.add(new int[] {self, 0});
            return;
          default:
            int victim = script.victims[self][step[self]];
            dead[victim] |= !started[victim]; // it never will
            ready.add(new int[] {victim, 1});
            done(self, "");
        }
      }
      dead[self] = true;
    }

    private void done(int self, String result) {
      trace.add(self + ":" + step[self] + result);
      step[self]++;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldDoAsTheModel(long first) {
    for (long seed = first; seed < first + 100L * Others.soak(); seed++) {
      Script script = new Script(new Random(seed));
      assertThat(run(script)).as("seed %d: %s", seed, script).isEqualTo(new Model(script).run());
    }
  }
}
