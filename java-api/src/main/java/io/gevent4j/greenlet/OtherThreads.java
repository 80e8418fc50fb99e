package io.gevent4j.greenlet;

import java.util.ArrayList;
import java.util.List;

/** Whether there is anybody else: threads of the program, which may wake what waits in a hub. */
public final class OtherThreads {
  private static final int MORE = 16; // that may have come since they were counted

  private OtherThreads() {}

  /** Whether {@link #list} has any. */
  static boolean exist(Thread but) {
    return !list(but).isEmpty();
  }

  /** Lenders don't count, for they run what some hub's owner runs; nor do the VM's own threads. */
  public static List<Thread> list(Thread but) {
    ThreadGroup root = root();
    Thread[] threads = new Thread[root.activeCount() + MORE];
    List<Thread> others = new ArrayList<>();
    for (int i = 0, count = root.enumerate(threads); i < count; i++) {
      Thread thread = threads[i];
      if (thread != but && !(thread instanceof QuietThread) && !isOfTheSystem(thread, root)) {
        others.add(thread);
      }
    }
    return others;
  }

  private static ThreadGroup root() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  private static boolean isOfTheSystem(Thread thread, ThreadGroup root) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null // it has just ended
        || group == root
        || group.getName().equals("InnocuousThreadGroup")
        || thread.getName().equals("DestroyJavaVM")
        || thread.getClass().getName().startsWith("org.bytedeco.javacpp."); // frees memory
  }
}
