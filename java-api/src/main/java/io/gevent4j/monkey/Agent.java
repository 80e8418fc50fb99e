package io.gevent4j.monkey;

import io.gevent4j.binding.Native;
import java.lang.instrument.Instrumentation;

/**
 * Patches a program before its first line: {@code java -javaagent:gevent4j-agent.jar=w=4,no-dns
 * -jar app.jar}. The options are those of {@link Options#parse}. The thread that will run {@code
 * main} becomes a greenlet; all else is as the JDK has it: exit codes, uncaught exceptions, threads
 * that are waited for, shutdown hooks.
 *
 * <p>gevent: {@code python -m gevent.monkey}.
 */
public final class Agent {
  /** As programs end that were called wrongly. */
  private static final int USAGE = 2;

  private static final int FAILURE = 1;

  private Agent() {}

  /**
   * Called by the JDK before {@code main}, in its thread. Wrong options end the process with 2, and
   * what can't be patched with 1.
   */
  public static void premain(String options, Instrumentation instrumentation) {
    Options parsed;
    try {
      parsed = Options.parse(options);
    } catch (IllegalArgumentException e) {
      System.err.println("gevent4j: " + e.getMessage());
      System.exit(USAGE);
      return;
    }
    try {
      patch(parsed, instrumentation, true);
    } catch (Throwable thrown) { // what is thrown from here would abort the VM
      System.err.println("gevent4j: the program isn't started");
      thrown.printStackTrace();
      System.exit(FAILURE);
    }
  }

  /**
   * Called by the JDK where the agent is attached to a program that runs. Its threads stay what
   * they are; those that it starts from now on are greenlets.
   *
   * @throws IllegalArgumentException if the options are wrong
   */
  public static void agentmain(String options, Instrumentation instrumentation)
      throws InterruptedException {
    patch(Options.parse(options), instrumentation, false); // this thread is the VM's
  }

  private static void patch(Options options, Instrumentation instrumentation, boolean adopting)
      throws InterruptedException {
    NativeAccess.allow(instrumentation);
    loadNative();
    Monkey.patchAll(options, adopting);
    if (options.verbose()) {
      System.err.println("gevent4j: options " + options);
      System.err.println("gevent4j: " + Verdict.of(Monkey.status()).summary());
    }
  }

  /**
   * Not by the calling thread: JavaCPP starts one of its own, which the program would find in its
   * own group. If this fails, so does the next use of it, which tells why.
   */
  private static void loadNative() throws InterruptedException {
    Thread loader =
        new Thread(HubThreads.systemGroup(), Agent::useNative, "gevent-loader", 0, false);
    loader.start();
    loader.join();
  }

  private static void useNative() {
    try {
      Native.gv_version();
    } catch (LinkageError e) {
      // the next use throws as well
    }
  }
}
