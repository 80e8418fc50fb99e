package io.gevent4j.monkey;

import static java.util.stream.Collectors.joining;

import io.gevent4j.greenlet.OtherThreads;
import java.util.List;

/**
 * Threads of the program that run when threads are patched: they can't become greenlets any more.
 */
final class Latecomers {
  private static final int NAMED = 10; // more would not be read

  private Latecomers() {}

  /** Names them, with their classes. Null: there are none. */
  static String describe(Thread but) {
    List<Thread> threads = OtherThreads.list(but);
    if (threads.isEmpty()) {
      return null;
    }
    String names =
        threads.stream()
            .limit(NAMED)
            .map(each -> '"' + each.getName() + "\" (" + each.getClass().getName() + ")")
            .collect(joining(", "));
    int more = threads.size() - NAMED;
    return names + (more > 0 ? " and " + more + " more" : "");
  }
}
