package io.gevent4j;

import io.gevent4j.loop.ErrorHandler;
import java.io.PrintStream;
import java.time.Instant;

/**
 * Prints what nobody caught: the stack trace, when it was, who failed, and where he was spawned.
 */
final class ErrorReport implements ErrorHandler {
  private final PrintStream stream; // null: nowhere

  ErrorReport() {
    this(System.err);
  }

  ErrorReport(PrintStream stream) {
    this.stream = stream;
  }

  @Override
  public void handleError(Object context, Throwable thrown) {
    if (stream == null) {
      return;
    }
    synchronized (stream) {
      try {
        print(context, thrown);
      } catch (Throwable worse) { // its message, or the name of who failed, can't be had
        stream.println(
            thrown.getClass().getName() + " cannot be printed: " + worse.getClass().getName());
      }
    }
  }

  private void print(Object context, Throwable thrown) {
    thrown.printStackTrace(stream);
    Object who = context instanceof Greenlet ? ((Greenlet<?>) context).name() : context;
    stream.println(Instant.now() + " " + who + " failed with " + thrown.getClass().getSimpleName());
    if (context instanceof Greenlet) {
      printSpawning((Greenlet<?>) context);
    }
  }

  private void printSpawning(Greenlet<?> greenlet) {
    StackTraceElement[] frames = greenlet.spawningStack();
    if (frames.length > 0) {
      stream.println("spawned");
    }
    for (StackTraceElement frame : frames) {
      stream.println("\tat " + frame);
    }
  }
}
