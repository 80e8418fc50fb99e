package io.gevent4j.select;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectionKey;

/** A channel in a {@link GeventSelector}. */
final class ChannelKey extends AbstractSelectionKey {
  private static final VarHandle INTEREST;

  static {
    try {
      INTEREST = MethodHandles.lookup().findVarHandle(ChannelKey.class, "interestOps", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int fd;
  int watched; // what the system looks for; the selector's
  private final GeventSelector selector;
  private final SelectableChannel channel;
  private volatile int interestOps;
  private volatile int readyOps;

  ChannelKey(GeventSelector selector, SelectableChannel channel, int fd) {
    this.selector = selector;
    this.channel = channel;
    this.fd = fd;
  }

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public Selector selector() {
    return selector;
  }

  private void requireValid() {
    if (!isValid()) {
      throw new CancelledKeyException();
    }
  }

  private void requireOps(int ops) {
    if ((ops & ~channel.validOps()) != 0) {
      throw new IllegalArgumentException(
          "cannot select " + channel + " for these operations: " + ops);
    }
  }

  // ---- what it is to be selected for ----

  @Override
  public int interestOps() {
    requireValid();
    return interestOps;
  }

  @Override
  public SelectionKey interestOps(int ops) {
    requireValid();
    requireOps(ops);
    return changed((int) INTEREST.getAndSet(this, ops), ops);
  }

  @Override
  public int interestOpsOr(int ops) {
    requireValid();
    requireOps(ops);
    int before = (int) INTEREST.getAndBitwiseOr(this, ops);
    changed(before, before | ops);
    return before;
  }

  @Override
  public int interestOpsAnd(int ops) {
    requireValid();
    int before = (int) INTEREST.getAndBitwiseAnd(this, ops);
    changed(before, before & ops);
    return before;
  }

  private ChannelKey changed(int before, int now) {
    if (before != now) {
      selector.changed(this);
    }
    return this;
  }

  /** As poll(2) has it. */
  int interestEvents() {
    int ops = interestOps;
    return ((ops & (OP_READ | OP_ACCEPT)) != 0 ? Poll.POLLIN : 0)
        | ((ops & (OP_WRITE | OP_CONNECT)) != 0 ? Poll.POLLOUT : 0);
  }

  // ---- what it was found ready for ----

  @Override
  public int readyOps() {
    requireValid();
    return readyOps;
  }

  /** In place of what it was ready for before. Returns whether it is ready for anything. */
  boolean setReady(int events) {
    int found = opsOf(events);
    readyOps = found;
    return found != 0;
  }

  /** Besides what it was ready for before. Returns whether that has changed. */
  boolean addReady(int events) {
    int before = readyOps;
    int found = before | opsOf(events);
    readyOps = found;
    return found != before;
  }

  /** What of the interest set events stand for. After an error whoever tries anything is told. */
  private int opsOf(int events) {
    int ops = interestOps;
    if ((events & (Poll.POLLERR | Poll.POLLHUP)) != 0) {
      return ops;
    }
    if ((events & Poll.POLLIN) == 0) {
      ops &= ~(OP_READ | OP_ACCEPT);
    }
    if ((events & Poll.POLLOUT) == 0) {
      ops &= ~(OP_WRITE | OP_CONNECT);
    }
    if (channel instanceof SocketChannel) {
      SocketChannel socket = (SocketChannel) channel;
      ops &= socket.isConnected() ? ~OP_CONNECT : ~(OP_READ | OP_WRITE);
      ops &= socket.isConnectionPending() ? -1 : ~OP_CONNECT;
    }
    return ops;
  }

  @Override
  public String toString() {
    return "ChannelKey@"
        + Integer.toHexString(hashCode())
        + "[fd="
        + fd
        + (isValid() ? " interestOps=" + interestOps + " readyOps=" + readyOps : " cancelled")
        + " "
        + channel
        + "]";
  }
}
