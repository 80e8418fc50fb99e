package io.gevent4j.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A hub in virtual time, without greenlets: who is ready takes his turn in the order in which he
 * became so; when nobody is, time goes on to the next timer. What happens is traced.
 */
final class Model {
  private static final int MOST_TURNS = 5000;

  final List<Machine> greenlets = new ArrayList<>();
  final Alarm[] alarms = new Alarm[Program.TIMERS];
  final Program program;
  int now;
  private final List<String> trace = new ArrayList<>();
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  private int turns;

  /** A program of which nothing can be said: it takes too long, or two timers ring at one time. */
  static final class UnfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitException(String message) {
      super(message);
    }
  }

  /** Puts an entry among those ready once its time has come. */
  static final class Timer {
    private final int at;
    private final int started;
    private final boolean late; // its place among those of the same instant is not certain
    private final boolean below;
    private final Runnable entry;
    private boolean pending = true;

    private Timer(int at, int started, boolean late, boolean below, Runnable entry) {
      this.at = at;
      this.started = started;
      this.late = late;
      this.below = below;
      this.entry = entry;
    }

    boolean isPending() {
      return pending;
    }

    private boolean isBelow() {
      return below;
    }
  }

  private Model(Program program) {
    this.program = program;
    for (int i = 0; i < alarms.length; i++) {
      alarms[i] = new Alarm(this, "alarm " + i);
    }
    for (int i = 0; i < program.greenlets.size(); i++) {
      greenlets.add(new Machine(this, "G" + i, program.greenlets.get(i), Machine.Place.GREENLET));
    }
  }

  /**
   * Returns what a program does.
   *
   * @throws UnfitException if that isn't certain
   */
  static List<String> run(Program program) {
    Model model = new Model(program);
    new Machine(model, "main", program.main, Machine.Place.HUB).resume(null);
    while (!model.ready.isEmpty() || model.advance()) {
      if (++model.turns > MOST_TURNS) {
        throw new UnfitException("too many turns");
      }
      model.ready.poll().run();
    }
    return model.trace;
  }

  /** On to the next timers. Those of timeouts come after the others of the same instant. */
  private boolean advance() {
    if (timers.isEmpty()) {
      return false;
    }
    now = timers.stream().mapToInt(timer -> timer.at).min().getAsInt();
    List<Timer> due = new ArrayList<>(timers);
    due.removeIf(timer -> timer.at != now);
    due.sort(Comparator.comparing(Timer::isBelow)); // else as they were started
    for (int i = 0; i < due.size(); i++) {
      Timer timer = due.get(i);
      if (i > 0 && timer.below == due.get(i - 1).below) {
        if (timer.started != due.get(i - 1).started || timer.late || due.get(i - 1).late) {
          throw new UnfitException("timers of different origin at one instant");
        }
      }
      timer.pending = false;
      timers.remove(timer);
      ready.add(timer.entry);
    }
    return true;
  }

  void say(String who, String what) {
    trace.add(now + " " + who + " " + what);
  }

  void makeReady(Runnable entry) {
    if (!ready.contains(entry)) {
      ready.add(entry);
    }
  }

  void unready(Runnable entry) {
    ready.remove(entry);
  }

  /** Rings in so many instants. */
  Timer start(int span, boolean late, boolean below, Runnable entry) {
    Timer timer = new Timer(now + span, now, late, below, entry);
    timers.add(timer);
    return timer;
  }

  void stop(Timer timer) {
    if (timer != null) {
      timer.pending = false;
      timers.remove(timer);
    }
  }

  /** What nobody caught. */
  void report(Thrown thrown) {
    if (thrown != null && !thrown.isExit()) {
      say("hub", "reports " + thrown.getMessage());
    }
  }

  /** A timeout. */
  static final class Alarm {
    private final Model model;
    final Thrown thrown;
    private Timer timer;
    private Runnable fire;

    Alarm(Model model, String name) {
      this.model = model;
      this.thrown = new Thrown(Thrown.Kind.TIMEOUT, name);
    }

    void start(Machine target, int span) {
      if (fire != null) {
        return;
      }
      fire =
          () -> {
            fire = null;
            target.throwInto(thrown);
          };
      timer = model.start(span, false, true, fire);
    }

    void cancel() {
      model.stop(timer);
      if (fire != null) {
        model.unready(fire);
        fire = null;
      }
    }
  }
}
