package io.gevent4j.model;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubDestroyed;
import io.gevent4j.IWait;
import io.gevent4j.Linkable;
import io.gevent4j.Timeout;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.model.Step.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Carries a {@link Program} out with real greenlets, in the hub of the calling thread. */
final class Interpreter {
  /** A run may trace so much. */
  private static final int MOST_LINES = 50_000;

  private final Program program;
  private final Gate gate;
  private final List<String> trace = new ArrayList<>();
  private final List<Greenlet<Void>> greenlets = new ArrayList<>();
  private final List<Consumer<Linkable>> links = new ArrayList<>();
  private final List<Timeout> alarms = new ArrayList<>();
  private final Map<Throwable, String> names = new IdentityHashMap<>();

  /** An error that a program throws, named by its message. */
  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String name) {
      super(name, null, false, false);
    }
  }

  private Interpreter(Program program, Gate gate) {
    this.program = program;
    this.gate = gate;
    for (int i = 0; i < program.greenlets.size(); i++) {
      String name = "G" + i;
      List<Step> body = program.greenlets.get(i);
      greenlets.add(
          new Greenlet<>(
              () -> {
                run(body, name);
                say(name, "ends");
              }));
    }
    for (int i = 0; i < program.links.size(); i++) {
      links.add(link(i, program.links.get(i)));
    }
    for (int i = 0; i < Program.TIMERS; i++) {
      alarms.add(null);
    }
  }

  private Consumer<Linkable> link(int number, List<Step> body) {
    return source -> {
      String name = "L" + number + "(" + name(source) + ")";
      run(body, name);
      if (Gevent.getCurrent() != Hub.get().runner()) {
        say(name, "ends");
      }
    };
  }

  /** Returns what the program does, until nothing is left that could happen. */
  static List<String> run(Program program, Gate gate) {
    Interpreter interpreter = new Interpreter(program, gate);
    Hub.get().setErrorHandler((context, thrown) -> interpreter.report(thrown));
    interpreter.run(program.main, "main");
    Hub.get().join();
    return List.copyOf(interpreter.trace);
  }

  private void report(Throwable thrown) {
    say("hub", "reports " + name(thrown));
  }

  private void say(String who, String what) {
    trace.add(gate.now() + " " + who + " " + what);
    if (trace.size() > MOST_LINES) {
      throw new IllegalStateException("this goes on for ever");
    }
  }

  private String name(Object greenlet) {
    return "G" + greenlets.indexOf(greenlet);
  }

  private String name(Throwable thrown) {
    String known = names.get(thrown);
    if (known != null) {
      return known;
    }
    if (thrown instanceof BlockingSwitchOutError) {
      return "blocking";
    }
    if (thrown instanceof Timeout) {
      return "timeout";
    }
    boolean ours = thrown instanceof Fault || thrown.getClass() == GreenletExit.class;
    return ours ? thrown.getMessage() : thrown.toString();
  }

  private String state(Greenlet<?> greenlet) {
    if (!greenlet.ready()) {
      return greenlet.isStarted() ? "started" : "idle";
    }
    if (greenlet.successful()) {
      return greenlet.exit() == null ? "value" : name(greenlet.exit());
    }
    return name(greenlet.exception());
  }

  private Duration limit(Step step) {
    return step.span() == 0 ? null : gate.span(step.span());
  }

  private List<Greenlet<Void>> targets(Step step) {
    return step.targets().stream().map(greenlets::get).toList();
  }

  private void run(List<Step> steps, String who) {
    for (Step step : steps) {
      say(who, step.id() + " " + step.kind());
      run(step, who);
    }
  }

  private void run(Step step, String who) {
    switch (step.kind()) {
      case PAUSE:
        Gevent.sleep(0);
        say(who, step.id() + " slept");
        break;
      case SLEEP:
        Gevent.sleep(gate.span(step.span()));
        say(who, step.id() + " slept");
        break;
      case KILL:
      case KILL_ALL:
        kill(step);
        say(who, step.id() + " killed");
        break;
      case ARM:
        arm(step);
        break;
      case DISARM:
        if (alarms.get(step.target()) != null) {
          alarms.get(step.target()).cancel();
        }
        break;
      case TIMEOUT:
        timeout(step, who);
        break;
      case RAISE:
        if (step.option() == 1) {
          throw new GreenletExit("raise " + step.id());
        }
        throw new Fault("raise " + step.id());
      case TRY:
        attempt(step, who);
        break;
      case REPEAT:
        for (int i = 0; i < step.option(); i++) {
          run(step.body(), who);
        }
        break;
      case WAIT:
      case WAIT_RAISE:
        boolean raise = step.kind() == Kind.WAIT_RAISE;
        List<String> done = new ArrayList<>();
        Gevent.joinAll(targets(step), limit(step), raise, step.option())
            .forEach(greenlet -> done.add(name(greenlet)));
        say(who, step.id() + " waited for " + done);
        break;
      case EACH:
        each(step, who);
        break;
      default:
        runOn(greenlets.get(step.target()), step, who);
    }
  }

  private void runOn(Greenlet<Void> target, Step step, String who) {
    switch (step.kind()) {
      case SEE:
        say(who, step.id() + " sees " + state(target));
        break;
      case START:
        target.start();
        break;
      case START_LATER:
        target.startLater(gate.span(step.span()));
        break;
      case JOIN:
        boolean joined = target.join(limit(step));
        String lie = joined == target.ready() ? "" : ", but join returned " + joined;
        say(who, step.id() + " joined " + state(target) + lie);
        break;
      default:
        link(target, links.get(step.option()), step.kind());
    }
  }

  private static void link(Greenlet<Void> target, Consumer<Linkable> link, Kind kind) {
    switch (kind) {
      case LINK:
        target.link(link);
        break;
      case LINK_VALUE:
        target.linkValue(link);
        break;
      case LINK_EXCEPTION:
        target.linkException(link);
        break;
      case RAW_LINK:
        target.rawLink(link);
        break;
      case UNLINK:
        target.unlink(link);
        break;
      default:
        throw new IllegalArgumentException("not a statement about a greenlet: " + kind);
    }
  }

  private void kill(Step step) {
    String name = step.weapon();
    Throwable thrown = step.has(Step.FAULT) ? new Fault(name) : new GreenletExit(name);
    if (step.kind() == Kind.KILL_ALL) {
      Gevent.killAll(targets(step), thrown, step.has(Step.BLOCK), limit(step));
    } else {
      greenlets.get(step.target()).kill(thrown, step.has(Step.BLOCK), limit(step));
    }
  }

  private void arm(Step step) {
    Timeout alarm = alarms.get(step.target());
    if (alarm == null || !alarm.isPending()) {
      alarm = new Timeout(gate.span(step.span()));
      names.put(alarm, "alarm " + step.target());
      alarms.set(step.target(), alarm);
    }
    Timeout.startNew(alarm);
  }

  private void timeout(Step step, String who) {
    Timeout timeout = new Timeout(gate.span(step.span()));
    names.put(timeout, "timeout " + step.id());
    try (Timeout pending = Timeout.startNew(timeout)) {
      run(step.body(), who);
    } catch (Timeout thrown) {
      if (thrown != timeout && step.option() != 1) {
        throw thrown;
      }
      say(who, step.id() + " swallows " + name(thrown));
    }
  }

  private void attempt(Step step, String who) {
    try {
      run(step.body(), who);
    } catch (HubDestroyed over) {
      throw over;
    } catch (RuntimeException | Error thrown) {
      say(who, step.id() + " catches " + name(thrown));
      run(step.handler(), who);
      if (step.option() == 1) {
        throw thrown;
      }
    }
  }

  private void each(Step step, String who) {
    try (IWait<Greenlet<Void>> ready = Gevent.iwait(targets(step), limit(step), step.option())) {
      for (Greenlet<Void> greenlet : ready) {
        say(who, step.id() + " gets " + name(greenlet));
        run(step.body(), who);
      }
    }
    say(who, step.id() + " over");
  }
}
