package io.gevent4j.model;

import io.gevent4j.model.Step.Kind;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/** In the {@link Model}: what iwait returns. */
final class ModelWait {
  private final Machine user;
  private final Model model;
  private final List<Machine> objects;
  private final boolean limited;
  private final int end;
  private final ArrayDeque<Machine> arrived = new ArrayDeque<>();
  private final Consumer<Machine> link = this::arrive;
  private int left;
  private boolean linked;
  private boolean closed;
  private boolean waiting;
  private boolean waited; // once before: its next timer starts late

  ModelWait(Machine user, Step step) {
    this.user = user;
    this.model = user.model;
    this.objects = user.targets(step);
    this.limited = step.span() > 0;
    this.end = model.now + step.span();
    this.left = step.option() < 0 ? objects.size() : Math.min(step.option(), objects.size());
  }

  private void arrive(Machine machine) {
    if (!closed) {
      arrived.add(machine);
      if (waiting) {
        user.wake();
      }
    }
  }

  void close() {
    if (!closed && linked) {
      objects.forEach(machine -> machine.links.remove(link));
    }
    closed = true;
  }

  private void link() {
    if (!linked) {
      linked = true;
      objects.forEach(machine -> machine.links.add(new ModelLinks.Link(Kind.EACH, -1, link)));
    }
  }

  /** Waits for the next one. */
  final class Next extends Op {
    private final Consumer<Machine> got; // with null when there are no more
    private Model.Timer timer;
    private boolean last; // the time was up before this wait

    Next(Consumer<Machine> got) {
      this.got = got;
    }

    @Override
    boolean go() {
      boolean more = true;
      if (waiting) {
        waiting = false;
        more = !limited || !arrived.isEmpty() || (!last && model.now < end);
        model.stop(timer);
      } else if (!closed && left > 0) {
        link();
      }
      if (closed || left == 0 || !more) {
        close();
        got.accept(null);
        return true;
      }
      if (!arrived.isEmpty()) {
        Machine next = arrived.poll();
        if (--left == 0) {
          close();
        }
        got.accept(next);
        return true;
      }
      waiting = true;
      if (limited && model.now >= end) {
        last = true;
        user.wake();
      } else if (limited) {
        timer = model.start(end - model.now, waited, false, user.turn);
        waited = true;
      }
      return false;
    }

    @Override
    void leave() {
      waiting = false;
      model.stop(timer);
    }
  }
}
