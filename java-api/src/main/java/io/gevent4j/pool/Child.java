package io.gevent4j.pool;

import io.gevent4j.Greenlet;
import io.gevent4j.greenlet.GreenletExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A greenlet of a {@link Scope}. Scopes that it opens are cancelled when it is killed, wherever it
 * waits then: so that what it began ends with it, and in the same moment.
 */
final class Child<T> extends Greenlet<T> {
  private final List<Scope> opened = new ArrayList<>();

  Child(Callable<? extends T> call) {
    super(call);
  }

  Child(Runnable run) {
    super(run);
  }

  void opens(Scope scope) {
    opened.add(scope);
  }

  void closes(Scope scope) {
    opened.remove(scope);
  }

  @Override
  public void kill(Throwable thrown, boolean block, Duration timeout) {
    if (hub().isHere()) { // else it is called once more, there
      cancelOpened();
    }
    super.kill(thrown, block, timeout);
  }

  @Override
  public Object throwInto(Throwable thrown) {
    if (thrown instanceof GreenletExit) { // not a timeout, which may be caught within the scope
      cancelOpened();
    }
    return super.throwInto(thrown);
  }

  private void cancelOpened() {
    new ArrayList<>(opened).forEach(Scope::cancel);
  }
}
