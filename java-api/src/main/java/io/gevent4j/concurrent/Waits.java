package io.gevent4j.concurrent;

import io.gevent4j.Hub;

/** Waiting in one hub for what another one, or a thread, is about to bring about. */
final class Waits {
  private Waits() {}

  /**
   * The calling hub isn't idle until {@link #end}: somebody will call.
   *
   * @param home which has its own way of knowing that
   * @return what {@link #end} wants to know
   */
  static Hub begin(Hub home) {
    Hub here = Hub.getIfExists();
    if (here == null || here == home || !here.isHere()) {
      return null;
    }
    here.loop().ref();
    return here;
  }

  static void end(Hub waiting) {
    if (waiting != null) {
      waiting.loop().unref();
    }
  }
}
