package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;

/**
 * Takes connections within the machine, at a path of the file system, where it leaves a file
 * behind.
 *
 * <p>gevent: a {@code socket(AF_UNIX, SOCK_STREAM)} that listens.
 */
public final class UnixListener extends Listener<UnixSocket> {
  private UnixListener(Descriptor descriptor) {
    super(descriptor, Options.UNIX);
  }

  /** Listens at a path, at which there must be no file. */
  public static UnixListener bind(UnixDomainSocketAddress address) throws IOException {
    return bind(address, TcpListener.BACKLOG);
  }

  /** As {@link #bind(UnixDomainSocketAddress)}; the backlog as {@link TcpListener} has it. */
  public static UnixListener bind(UnixDomainSocketAddress address, int backlog) throws IOException {
    UnixListener listener = new UnixListener(UnixSocket.open());
    try {
      listener.listen(address, backlog);
      return listener;
    } catch (Throwable thrown) {
      listener.close();
      throw thrown;
    }
  }

  /**
   * Takes over an open descriptor of a unix socket that listens.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static UnixListener of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_STREAM) && taken.family == Native.GV_UNIX && taken.listens(),
        "a unix socket that listens");
    return new UnixListener(taken.descriptor);
  }

  @Override
  UnixSocket wrap(Descriptor accepted) {
    return new UnixSocket(accepted);
  }
}
