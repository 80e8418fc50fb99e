package io.gevent4j.jmh;

import org.openjdk.jmh.annotations.CompilerControl;

/** Puts frames below a switch: real ones, which the compiler may not merge. */
final class Depth {
  private Depth() {}

  /** Runs the action in the given number of nested calls. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static void run(int depth, Runnable action) {
    if (depth > 1) {
      run(depth - 1, action);
    } else {
      action.run();
    }
  }
}
