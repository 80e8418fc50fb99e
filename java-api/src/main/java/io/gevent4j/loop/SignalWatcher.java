package io.gevent4j.loop;

import io.gevent4j.binding.Native;

/**
 * Fires when the process gets a signal. Meanwhile the handler that was there before, the virtual
 * machine's own included, doesn't see it; it is put back when the last watcher of the signal stops.
 *
 * <p>gevent: {@code loop.signal}.
 */
public final class SignalWatcher extends Watcher {
  private final int number;
  private final String name;

  SignalWatcher(Loop loop, int number, String name) {
    super(loop, Native.GV_SIGNAL);
    this.number = number;
    this.name = name;
    configure(Native.gv_watcher_set_signal(ptr(), number), name);
  }

  /** The number of a signal that may be watched. */
  static int require(String name) {
    int number = Native.gv_signal_number(name);
    if (number <= 0) {
      throw new IllegalArgumentException("no such signal: " + name);
    }
    require(number, name);
    return number;
  }

  static void require(int number, String name) {
    int status = Native.gv_signal_check(number);
    if (status == Native.GV_EVM) {
      throw new IllegalArgumentException(
          "cannot watch " + name + ": the Java virtual machine needs it itself");
    }
    if (status < 0) {
      throw new IllegalArgumentException("no signal that can be watched: " + name);
    }
  }

  /** Such as 15 for SIGTERM. */
  public int number() {
    return number;
  }

  @Override
  String subject() {
    return " " + name;
  }
}
