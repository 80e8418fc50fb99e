package io.gevent4j.model;

import io.gevent4j.model.Step.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One who carries out statements in the {@link Model}, one after the other until he has to wait.
 */
final class Machine {
  enum Place {
    GREENLET, // that can be linked to
    RAW, // a greenlet that can't
    HUB // no greenlet, and mustn't wait
  }

  final Model model;
  final String name;
  final Runnable turn = () -> resume(null);
  final ModelLinks links = new ModelLinks(this);
  private final Place place;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private Op op; // what is waited for
  private boolean started; // or told to
  private Object start; // the entry, or the timer, that will start it
  boolean begun;
  boolean ready;
  Thrown thrown;

  Machine(Model model, String name, List<Step> body, Place place) {
    this.model = model;
    this.name = name;
    this.place = place;
    frames.push(new Frame(null, body));
  }

  // ---- starting and ending ----

  void start(int span) {
    if (started || ready) {
      return;
    }
    started = true;
    Runnable enter =
        () -> {
          if (!ready) {
            begun = true;
            resume(null);
          }
        };
    if (span == 0) {
      model.makeReady(enter);
      start = enter;
    } else {
      start = model.start(span, false, false, enter);
    }
  }

  void endUnstarted(Thrown by) {
    if (start instanceof Model.Timer) {
      model.stop((Model.Timer) start);
    }
    end(by);
  }

  private void end(Thrown by) {
    ready = true;
    thrown = by;
    if (place == Place.GREENLET) {
      links.schedule();
    }
    model.report(by);
  }

  /** In the hub: comes back when this waits or has ended. */
  void throwInto(Thrown what) {
    if (!ready) {
      model.unready(turn);
      resume(what);
    }
  }

  /** How it stands with it. */
  String state() {
    return !ready ? started ? "started" : "idle" : thrown == null ? "value" : thrown.getMessage();
  }

  boolean hasFailed() {
    return ready && thrown != null && !thrown.isExit();
  }

  // ---- going on ----

  /** Goes on until it waits or has ended. */
  void resume(Thrown what) {
    Thrown pending = what;
    for (; ; ) {
      try {
        if (pending != null) {
          Thrown up = pending;
          pending = null;
          leaveOp();
          unwind(up);
        }
        if (op != null) {
          if (!op.go()) {
            if (place != Place.HUB) {
              return;
            }
            model.unready(turn);
            throw new Thrown(Thrown.Kind.FAULT, "blocking");
          }
          leaveOp();
        }
        if (frames.isEmpty()) {
          end(null);
          return;
        }
        frames.peek().advance();
      } catch (Thrown t) {
        if (frames.isEmpty()) {
          end(t);
          return;
        }
        pending = t;
      }
    }
  }

  private void leaveOp() {
    if (op != null) {
      Op left = op;
      op = null;
      left.leave();
    }
  }

  private void unwind(Thrown up) {
    while (!frames.isEmpty()) {
      if (frames.pop().caught(up)) {
        return;
      }
    }
    throw up;
  }

  void say(String what) {
    model.say(name, what);
  }

  /** Made ready after those that are, if it waits. */
  void wake() {
    model.makeReady(turn);
  }

  private void perform(Step step) {
    say(step.id() + " " + step.kind());
    Machine target = step.kind() == Kind.ARM || step.kind() == Kind.DISARM ? null : target(step);
    switch (step.kind()) {
      case SEE:
        say(step.id() + " sees " + target.state());
        break;
      case START:
        target.start(0);
        break;
      case START_LATER:
        target.start(step.span());
        break;
      case LINK:
      case LINK_VALUE:
      case LINK_EXCEPTION:
      case RAW_LINK:
        target.links.add(new ModelLinks.Link(step.kind(), step.option(), null));
        break;
      case UNLINK:
        target.links.removeNumber(step.option());
        break;
      case ARM:
        model.alarms[step.target()].start(this, step.span());
        break;
      case DISARM:
        model.alarms[step.target()].cancel();
        break;
      case RAISE:
        Thrown.Kind kind = step.option() == 1 ? Thrown.Kind.EXIT : Thrown.Kind.FAULT;
        throw new Thrown(kind, "raise " + step.id());
      case TIMEOUT:
      case TRY:
      case REPEAT:
      case EACH:
        frames.push(new Frame(step, step.body()));
        break;
      default:
        op = Op.of(step, this);
    }
  }

  private Machine target(Step step) {
    return model.greenlets.get(step.target());
  }

  List<Machine> targets(Step step) {
    List<Machine> targets = new ArrayList<>();
    step.targets().forEach(i -> targets.add(model.greenlets.get(i)));
    return targets;
  }

  /** A list of statements that is being carried out, and what is to be done when it is left. */
  private final class Frame {
    private final Step step; // which has the list; null for the body
    private final List<Step> block;
    private int next;
    private int rounds;
    private Thrown after; // thrown on at the end
    private Model.Alarm alarm;
    private ModelWait each;

    Frame(Step step, List<Step> block) {
      this.step = step;
      this.block = block;
      if (step != null && step.kind() == Kind.TIMEOUT) {
        alarm = new Model.Alarm(model, "timeout " + step.id());
        alarm.start(Machine.this, step.span());
      } else if (step != null && step.kind() == Kind.EACH) {
        each = new ModelWait(Machine.this, step);
        next = block.size();
      }
    }

    void advance() {
      if (next < block.size()) {
        perform(block.get(next++));
      } else if (each != null) {
        op = each.new Next(this::gotOne);
      } else if (step != null && step.kind() == Kind.REPEAT && ++rounds < step.option()) {
        next = 0;
      } else {
        frames.pop();
        leave();
      }
    }

    private void gotOne(Machine machine) {
      if (machine == null) {
        frames.pop();
        say(step.id() + " over");
      } else {
        say(step.id() + " gets " + machine.name);
        next = 0;
      }
    }

    private void leave() {
      if (alarm != null) {
        alarm.cancel();
      }
      if (after != null) {
        throw after;
      }
      if (step == null && place != Place.HUB) {
        say("ends");
      }
    }

    /** Returns whether it goes on here. It is no longer one of the frames. */
    boolean caught(Thrown up) {
      if (each != null) {
        each.close();
      }
      if (alarm != null) {
        alarm.cancel();
        if (up == alarm.thrown || (up.kind == Thrown.Kind.TIMEOUT && step.option() == 1)) {
          say(step.id() + " swallows " + up.getMessage());
          return true;
        }
      }
      if (step != null && step.kind() == Kind.TRY && block == step.body()) {
        say(step.id() + " catches " + up.getMessage());
        Frame handler = new Frame(step, step.handler());
        handler.after = step.option() == 1 ? up : null;
        frames.push(handler);
        return true;
      }
      return false;
    }
  }
}
