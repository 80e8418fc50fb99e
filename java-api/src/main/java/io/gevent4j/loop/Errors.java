package io.gevent4j.loop;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What becomes of a callback's exception where nobody has asked for it. */
final class Errors {
  private Errors() {}

  /** One write, so that the prints of several threads don't mix. */
  static void print(Object context, Throwable thrown) {
    try {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text, true));
      System.err.print(text.append(context + " failed with " + thrown.getClass().getName() + "\n"));
    } catch (Throwable ignored) {
      // Neither an exception that can't be printed nor a stream that can't be written stops a loop.
    }
  }
}
