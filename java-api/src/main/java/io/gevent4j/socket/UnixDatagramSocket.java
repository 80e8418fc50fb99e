package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.socket.Descriptor.Call;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.locks.LockSupport;

/**
 * Datagrams within the machine, by sockets in the file system, or between two that were made
 * together. None is lost, nor overtaken by what the same greenlet sends later: where the receiver
 * has no room for one, its sender waits.
 *
 * <p>Who sends without a path, by a name that is in no file system, or at a path that Java can't
 * express, can't be answered: of him {@link #receive} says an empty path.
 *
 * <p>gevent: {@code gevent.socket.socket(AF_UNIX, SOCK_DGRAM)}.
 */
public final class UnixDatagramSocket extends MessageSocket {
  /** Between two tries to send to who has no room: that it has again nothing tells. */
  private static final long PAUSE_NANOS = 2_000_000;

  private static final Call PAUSE =
      (hub, self, socket, memory, size, nanos) -> {
        if (hub != 0) {
          return Native.gv_hub_sleep(hub, self, nanos, 1);
        }
        pauseAlone(nanos);
        return Native.GV_OK;
      };

  /** Whoever is interrupted would not pause at all. */
  private static void pauseAlone(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private UnixDatagramSocket(Descriptor descriptor) {
    super(descriptor, Options.UNIX, Native.GV_UNIX, UnixDomainSocketAddress.of(""));
  }

  // ---- opening ----

  /** One without a path: it can send, and be connected, but nobody can send to it. */
  public static UnixDatagramSocket open() throws IOException {
    return new UnixDatagramSocket(openDescriptor(Native.GV_UNIX, "a unix datagram socket"));
  }

  /**
   * One with a path, at which there must be no file; it leaves one behind.
   *
   * <p>gevent: {@code bind}.
   *
   * @throws java.net.BindException if there is one, among others
   * @throws IllegalArgumentException if the path is empty, or too long for the system
   */
  public static UnixDatagramSocket bind(UnixDomainSocketAddress address) throws IOException {
    UnixDatagramSocket socket = open();
    try {
      socket.bind(address, Native.GV_UNIX);
      return socket;
    } catch (Throwable thrown) {
      socket.close();
      throw thrown;
    }
  }

  /** Two that are connected with each other. gevent: {@code socketpair}. */
  public static UnixDatagramSocket[] pair() throws IOException {
    int[] fds = new int[2];
    Failures.check(Native.gv_socket_pair(Native.GV_DATAGRAM, fds), "open", "a pair of sockets");
    return new UnixDatagramSocket[] {
      new UnixDatagramSocket(new Descriptor(fds[0])), new UnixDatagramSocket(new Descriptor(fds[1]))
    };
  }

  /**
   * Takes over an open descriptor of a unix datagram socket.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static UnixDatagramSocket of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_DATAGRAM) && taken.family == Native.GV_UNIX, "a unix datagram socket");
    return new UnixDatagramSocket(taken.descriptor);
  }

  // ---- what is different with paths ----

  @Override
  void requireAddress(SocketAddress address) {
    if (!(address instanceof UnixDomainSocketAddress)) {
      throw new IllegalArgumentException("not a unix address: " + address);
    }
  }

  @Override
  long awaitRoom(boolean toPeer, long nanos) {
    if (toPeer) {
      return super.awaitRoom(true, nanos);
    }
    return nanos == 0
        ? Native.GV_ETIMEDOUT
        : descriptor().perform(PAUSE, 0, 0, nanos < 0 ? PAUSE_NANOS : Math.min(nanos, PAUSE_NANOS));
  }
}
