package io.gevent4j.greenlet;

/** Whether there is anybody else: threads of the program, which may wake what waits in a hub. */
final class OtherThreads {
  private static final int MORE = 16; // that may have come since they were counted

  private OtherThreads() {}

  /** Lenders don't count, for they run what some hub's owner runs; nor do the VM's own threads. */
  static boolean exist(Thread but) {
    ThreadGroup root = root();
    Thread[] threads = new Thread[root.activeCount() + MORE];
    for (int i = root.enumerate(threads) - 1; i >= 0; i--) {
      Thread thread = threads[i];
      if (thread != but && !(thread instanceof QuietThread) && !isOfTheSystem(thread, root)) {
        return true;
      }
    }
    return false;
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
