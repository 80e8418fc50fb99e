package io.gevent4j.socket;

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

  /** Takes over an open descriptor of a unix socket that listens. */
  public static UnixListener of(int fd) {
    return new UnixListener(new Descriptor(fd));
  }

  @Override
  UnixSocket wrap(Descriptor accepted) {
    return new UnixSocket(accepted);
  }
}
