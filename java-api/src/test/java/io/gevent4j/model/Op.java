package io.gevent4j.model;

import io.gevent4j.model.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** In the {@link Model}: a statement during which its {@link Machine} may wait. */
abstract class Op {
  /** Begins, or goes on when the machine runs again. Returns whether it is done, else it waits. */
  abstract boolean go();

  /** It is done, or something was thrown. */
  void leave() {}

  static Op of(Step step, Machine user) {
    switch (step.kind()) {
      case PAUSE:
      case SLEEP:
        return new Sleep(step, user);
      case JOIN:
        Machine target = user.model.greenlets.get(step.target());
        return new Join(user, target, step.span()) {
          @Override
          void done() {
            user.say(step.id() + " joined " + target.state());
          }
        };
      case KILL:
      case KILL_ALL:
        return new Kill(step, user);
      default:
        return new Wait(step, user);
    }
  }

  private static final class Sleep extends Op {
    private final Step step;
    private final Machine user;
    private boolean slept;
    private Model.Timer timer;

    Sleep(Step step, Machine user) {
      this.step = step;
      this.user = user;
    }

    @Override
    boolean go() {
      if (slept) {
        user.say(step.id() + " slept");
        return true;
      }
      slept = true;
      if (step.kind() == Kind.PAUSE) {
        user.wake();
      } else {
        timer = user.model.start(step.span(), false, false, user.turn);
      }
      return false;
    }

    @Override
    void leave() {
      user.model.stop(timer);
    }
  }

  private static class Join extends Op {
    private final Machine user;
    private final Machine target;
    private final int span;
    private final Consumer<Machine> link = this::told;
    private Model.Timer timer;
    private boolean linked;
    private boolean told;
    private boolean over;

    Join(Machine user, Machine target, int span) {
      this.user = user;
      this.target = target;
      this.span = span;
    }

    void done() {}

    private void told(Machine machine) {
      told = true;
      if (!over) {
        user.wake();
      }
    }

    @Override
    boolean go() {
      if (linked ? told || (timer != null && !timer.isPending()) : target.ready) {
        done();
        return true;
      }
      if (!linked) {
        linked = true;
        target.links.add(new ModelLinks.Link(Kind.JOIN, -1, link));
        timer = span == 0 ? null : user.model.start(span, false, false, user.turn);
      }
      return false;
    }

    @Override
    void leave() {
      over = true;
      user.model.stop(timer);
      target.links.remove(link);
    }
  }

  /** One kill lets the user know when all is thrown; a kill of several has a timeout over all. */
  private static final class Kill extends Op {
    private final Step step;
    private final Machine user;
    private final Model model;
    private final Thrown thrown;
    private final List<Machine> targets;
    private final Model.Alarm alarm;
    private Join join;
    private int joined;
    private boolean begun;
    private boolean done;
    private boolean waiting;

    Kill(Step step, Machine user) {
      this.step = step;
      this.user = user;
      this.model = user.model;
      this.thrown = Thrown.by(step);
      this.targets =
          step.kind() == Kind.KILL_ALL
              ? user.targets(step)
              : new ArrayList<>(List.of(model.greenlets.get(step.target())));
      this.alarm = new Model.Alarm(model, "timeout");
    }

    private boolean all() {
      return step.kind() == Kind.KILL_ALL;
    }

    @Override
    boolean go() {
      if (!begun) {
        begun = true;
        if (!begin()) {
          user.say(step.id() + " killed");
          return true;
        }
        waiting = true;
        return false;
      }
      if (!done) {
        return false;
      }
      waiting = false;
      for (; ; ) {
        if (join == null && joined == targets.size()) {
          user.say(step.id() + " killed");
          return true;
        }
        if (join == null) {
          join = new Join(user, targets.get(joined++), all() ? 0 : step.span());
        }
        if (!join.go()) {
          return false;
        }
        join.leave();
        join = null;
      }
    }

    /** Returns whether there is something to wait for. */
    private boolean begin() {
      boolean wait = step.has(Step.BLOCK);
      if (!all() && targets.get(0).ready) {
        return false;
      }
      if (!all() && !targets.get(0).begun) {
        targets.get(0).endUnstarted(thrown);
        return false;
      }
      for (Machine target : targets) {
        if (!target.ready && !target.begun) {
          target.endUnstarted(thrown);
        }
      }
      model.makeReady(
          () -> {
            targets.forEach(target -> target.throwInto(thrown));
            done = true;
            if (waiting) {
              user.wake();
            }
          });
      if (wait && all() && step.span() > 0) {
        alarm.start(user, step.span());
      }
      return wait;
    }

    @Override
    void leave() {
      waiting = false;
      alarm.cancel();
      if (join != null) {
        join.leave();
      }
    }
  }

  private static final class Wait extends Op {
    private final Step step;
    private final Machine user;
    private final ModelWait wait;
    private final List<String> names = new ArrayList<>();
    private ModelWait.Next next;
    private Machine got;

    Wait(Step step, Machine user) {
      this.step = step;
      this.user = user;
      this.wait = new ModelWait(user, step);
    }

    @Override
    boolean go() {
      for (; ; ) {
        next = next == null ? wait.new Next(machine -> got = machine) : next;
        if (!next.go()) {
          return false;
        }
        next.leave();
        next = null;
        if (got == null) {
          user.say(step.id() + " waited for " + names);
          return true;
        }
        if (step.kind() == Kind.WAIT_RAISE && got.hasFailed()) {
          throw got.thrown;
        }
        names.add(got.name);
      }
    }

    @Override
    void leave() {
      if (next != null) {
        next.leave();
      }
      wait.close();
    }
  }
}
