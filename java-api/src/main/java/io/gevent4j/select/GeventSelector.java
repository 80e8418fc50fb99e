package io.gevent4j.select;

import io.gevent4j.binding.Native;
import io.gevent4j.lock.RLock;
import io.gevent4j.loop.LoopException;
import io.gevent4j.waiting.Throwables;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A selector over a set of descriptors in the system. What is registered, changed and cancelled is
 * noted, by any thread, and told to the system at the next selection, as the JDK's selectors have
 * it.
 */
final class GeventSelector extends AbstractSelector {
  private static final int FEW = 64;

  private final PollSet set = PollSet.open();
  private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
  private final Set<SelectionKey> publicKeys = Collections.unmodifiableSet(keys);
  private final SelectedKeys selectedKeys = new SelectedKeys();
  private final ArrayDeque<ChannelKey> changed = new ArrayDeque<>(); // synchronized on it

  /** Around each selection, and the release: of all that follows. */
  private final RLock turn = new RLock();

  private ChannelKey[] keyOf = new ChannelKey[FEW]; // by descriptor, while the system looks at it
  private boolean selecting;
  private boolean released;

  GeventSelector(GeventSelectorProvider provider) {
    super(provider);
  }

  private void requireOpen() {
    if (!isOpen()) {
      throw new ClosedSelectorException();
    }
  }

  @Override
  public Set<SelectionKey> keys() {
    requireOpen();
    return publicKeys;
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    requireOpen();
    return selectedKeys;
  }

  // ---- registering; with monitors of the channel's, so that nobody may wait here ----

  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
    int fd = Native.gv_vm_channel_fd(channel);
    if (fd < 0) {
      throw new IllegalSelectorException();
    }
    requireOpen();
    ChannelKey key = new ChannelKey(this, channel, fd);
    key.attach(attachment);
    keys.add(key);
    try {
      key.interestOps(ops);
    } catch (CancelledKeyException e) {
      // Somebody has found it among the keys. A cancelled one is what the caller is to get.
    }
    if (!isOpen()) { // closed meanwhile, and the key maybe added too late to be found by that
      keys.remove(key);
      key.cancel();
      throw new ClosedSelectorException();
    }
    return key;
  }

  void changed(ChannelKey key) {
    synchronized (changed) {
      changed.add(key);
    }
  }

  // ---- selecting ----

  @Override
  public int select() throws IOException {
    return selectInTurn(null, -1);
  }

  @Override
  public int select(long millis) throws IOException {
    return selectInTurn(null, nanos(millis));
  }

  @Override
  public int selectNow() throws IOException {
    return selectInTurn(null, 0);
  }

  @Override
  public int select(Consumer<SelectionKey> action) throws IOException {
    return selectInTurn(Objects.requireNonNull(action, "action"), -1);
  }

  @Override
  public int select(Consumer<SelectionKey> action, long millis) throws IOException {
    return selectInTurn(Objects.requireNonNull(action, "action"), nanos(millis));
  }

  @Override
  public int selectNow(Consumer<SelectionKey> action) throws IOException {
    return selectInTurn(Objects.requireNonNull(action, "action"), 0);
  }

  private static long nanos(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("can't wait for a negative time: " + millis + " ms");
    }
    return millis == 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private int selectInTurn(Consumer<SelectionKey> action, long nanos) throws IOException {
    turn.lock();
    try {
      requireOpen();
      if (selecting) {
        throw new IllegalStateException("select in progress");
      }
      selecting = true;
      try {
        return selectAlone(action, nanos);
      } finally {
        selecting = false;
        if (!isOpen()) { // who has closed it may have been kept from that
          release();
        }
      }
    } catch (LoopException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  private int selectAlone(Consumer<SelectionKey> action, long nanos) {
    carryOutChanges();
    carryOutCancels();
    int news = await(nanos);
    carryOutCancels();
    return action == null ? addSelected(news) : callSelected(news, action);
  }

  private int await(long nanos) {
    if (nanos == 0) {
      return set.await(0);
    }
    begin(); // from now on an interrupt wakes the selector
    try {
      return set.await(nanos);
    } finally {
      end();
    }
  }

  private int addSelected(int news) {
    int count = 0;
    synchronized (selectedKeys) {
      for (int i = 0; i < news; i++) {
        ChannelKey key = keyOf(set.fd(i));
        if (key != null
            && (selectedKeys.contains(key)
                ? key.addReady(set.events(i))
                : key.setReady(set.events(i)) && selectedKeys.select(key))) {
          count++;
        }
      }
    }
    return count;
  }

  /** The action may do anything with the selector but select. */
  private int callSelected(int news, Consumer<SelectionKey> action) {
    int count = 0;
    for (int i = 0; i < news; i++) {
      ChannelKey key = keyOf(set.fd(i));
      if (key != null && key.isValid() && key.setReady(set.events(i))) {
        action.accept(key);
        requireOpen();
        count++;
      }
    }
    return count;
  }

  /** Null for the news that somebody wakes the selector, and of those cancelled meanwhile. */
  private ChannelKey keyOf(int fd) {
    return fd < 0 || fd >= keyOf.length ? null : keyOf[fd];
  }

  @Override
  public Selector wakeup() {
    set.wake();
    return this;
  }

  // ---- what was noted ----

  private void carryOutChanges() {
    for (ChannelKey key = nextChanged(); key != null; key = nextChanged()) {
      if (key.isValid()) {
        watch(key, key.interestEvents());
      }
    }
  }

  private ChannelKey nextChanged() {
    synchronized (changed) {
      return changed.poll();
    }
  }

  private void watch(ChannelKey key, int events) {
    if (events == key.watched) {
      return;
    }
    set.watch(key.fd, key.watched, events);
    key.watched = events;
    if (key.fd >= keyOf.length) {
      keyOf = Arrays.copyOf(keyOf, Math.max(2 * keyOf.length, key.fd + 1));
    }
    keyOf[key.fd] = events == 0 ? null : key;
  }

  private void carryOutCancels() {
    for (SelectionKey each : takeCancelled()) {
      ChannelKey key = (ChannelKey) each;
      watch(key, 0);
      keys.remove(key);
      synchronized (selectedKeys) {
        selectedKeys.remove(key);
      }
      forget(key);
    }
  }

  private List<SelectionKey> takeCancelled() {
    Set<SelectionKey> cancelled = cancelledKeys();
    synchronized (cancelled) {
      if (cancelled.isEmpty()) {
        return List.of();
      }
      List<SelectionKey> taken = new ArrayList<>(cancelled);
      cancelled.clear();
      return taken;
    }
  }

  /**
   * The JDK leaves the descriptor of a closed channel to the last selector that knows it. Throws
   * IOException if it can't be closed.
   */
  private void forget(ChannelKey key) {
    deregister(key);
    SelectableChannel channel = key.channel();
    if (!channel.isOpen() && !channel.isRegistered()) {
      Native.gv_vm_channel_kill(channel);
    }
  }

  // ---- the end ----

  @Override
  protected void implCloseSelector() {
    set.wake();
    turn.lock();
    try {
      release();
    } finally {
      turn.unlock();
    }
  }

  private void release() {
    if (released) {
      return;
    }
    released = true;
    set.close();
    synchronized (selectedKeys) {
      selectedKeys.clear();
    }
    Throwable thrown = null;
    for (SelectionKey key : keys) {
      keys.remove(key);
      try {
        forget((ChannelKey) key);
      } catch (Throwable t) { // an IOException, of that channel's
        thrown = t;
      }
    }
    if (thrown != null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
  }
}
