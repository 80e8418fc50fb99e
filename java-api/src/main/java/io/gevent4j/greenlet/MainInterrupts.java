package io.gevent4j.greenlet;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Tells a hub that the thread of its main greenlet was interrupted. That thread is the user's, and
 * can't be taught by overriding; but the JDK tells every selector that a thread is in, and so this
 * is one, which selects nothing.
 */
final class MainInterrupts extends AbstractSelector {
  private final Runnable told;

  /** Any thread runs this whenever the main one is interrupted between begin and end. */
  MainInterrupts(Runnable told) {
    super(null);
    this.told = told;
  }

  void beginWait() {
    begin();
  }

  void endWait() {
    end();
  }

  @Override
  public Selector wakeup() {
    told.run();
    return this;
  }

  // ---- what a selector is for ----

  @Override
  public Set<SelectionKey> keys() {
    return Set.of();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    return Set.of();
  }

  @Override
  public int selectNow() {
    throw new UnsupportedOperationException("selects nothing");
  }

  @Override
  public int select(long timeout) {
    throw new UnsupportedOperationException("selects nothing");
  }

  @Override
  public int select() {
    throw new UnsupportedOperationException("selects nothing");
  }

  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int operations, Object with) {
    throw new UnsupportedOperationException("selects nothing");
  }

  @Override
  protected void implCloseSelector() {}
}
