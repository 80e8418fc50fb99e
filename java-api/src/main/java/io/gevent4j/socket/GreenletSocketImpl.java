package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.lock.Semaphore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * What {@link GreenletSocket} and {@link GreenletServerSocket} do: as the JDK's own does it, but
 * that only the calling greenlet waits. Those who read, or write, at the same time take turns.
 *
 * <pre>
 * NEW --create--> CREATED --connect, or it was accepted--> connected
 *                 CREATED --bind, listen--> it listens            all --close--> closed
 * </pre>
 */
final class GreenletSocketImpl extends SocketImpl implements ByteFlow {
  private static final int BACKLOG = 50; // java.net's

  private final boolean server;
  private final Semaphore reading = new Semaphore();
  private final Semaphore writing = new Semaphore();
  private volatile DualSocket socket; // null: not created
  private volatile boolean connected;
  private volatile boolean closed;
  private volatile boolean inputShut;
  private volatile int timeout; // ms; 0: none
  private boolean ended; // a reader has come to the end: that of `reading`
  private boolean reset; // the system tells it only once: that of `reading`

  GreenletSocketImpl(boolean server) {
    this.server = server;
  }

  // ---- states ----

  private DualSocket open() throws SocketException {
    DualSocket socket = this.socket;
    if (closed) {
      throw new SocketException("Socket closed");
    }
    if (socket == null) {
      throw new SocketException("Socket not created");
    }
    return socket;
  }

  private DualSocket connected() throws SocketException {
    DualSocket socket = open();
    if (!connected) {
      throw new SocketException("Not connected");
    }
    return socket;
  }

  @Override
  protected void create(boolean stream) throws IOException {
    if (!stream) {
      throw new IOException("Datagram socket creation not supported");
    }
    if (socket != null) {
      throw new IOException("Already created");
    }
    DualSocket created = DualSocket.open();
    if (server) {
      created.setNumber(Native.GV_SO_REUSEADDR, 1);
    }
    socket = created;
  }

  /** Who waits for it gets a SocketException. */
  @Override
  public void close() {
    DualSocket socket = this.socket;
    if (closed) {
      return;
    }
    closed = true;
    if (socket == null) {
      return;
    }
    // The end is sent at once, even if the hub that closes the descriptor is busy.
    if (connected) {
      try {
        if (SocketValues.linger(socket) != 0) {
          socket.shutdownOutput();
        }
      } catch (IOException e) {
        // the peer knows
      }
    }
    socket.close();
  }

  // ---- turns and times ----

  /**
   * Waits for the caller's turn.
   *
   * @return how long he may go on waiting, in ns; negative: as long as it takes
   */
  private static long await(Semaphore turns, int millis, String late) throws IOException {
    if (millis == 0) {
      turns.acquire();
      return -1;
    }
    long end = Deadline.in(millis * 1_000_000L);
    if (!turns.tryAcquire() && !turns.acquire(Duration.ofMillis(millis))) {
      throw new SocketTimeoutException(late);
    }
    return Deadline.left(end);
  }

  /** What the JDK's sockets throw instead. */
  private IOException told(IOException thrown, String late) {
    IOException told;
    if (closed || thrown instanceof SocketClosedException) {
      told = new SocketException("Socket closed");
    } else if (thrown instanceof SocketTimeoutException) {
      told = new SocketTimeoutException(late);
    } else {
      return thrown;
    }
    told.initCause(thrown);
    return told;
  }

  // ---- connecting ----

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(Names.resolve(host)[0], port), 0);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    connect(new InetSocketAddress(address, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (!(remote instanceof InetSocketAddress)) {
      throw new IOException("Unsupported address type");
    }
    InetSocketAddress internet = (InetSocketAddress) remote;
    if (internet.isUnresolved()) {
      throw new UnknownHostException(internet.getHostString());
    }
    try {
      reading.acquire();
      try {
        connectInTurn(internet, millis == 0 ? -1 : millis * 1_000_000L);
      } finally {
        reading.release();
      }
    } catch (IOException e) {
      IOException told = told(e, "Connect timed out");
      close();
      throw told;
    } catch (
        Throwable thrown) { // also a Timeout and a GreenletExit: what is half connected is lost
      close();
      throw thrown;
    }
  }

  private void connectInTurn(InetSocketAddress remote, long nanos) throws IOException {
    DualSocket socket = open();
    if (connected) {
      throw new SocketException("Already connected");
    }
    address =
        remote.getAddress().isAnyLocalAddress() ? InetAddress.getLocalHost() : remote.getAddress();
    port = remote.getPort();
    socket.connect(new InetSocketAddress(address, port), nanos);
    localport = socket.local().getPort();
    connected = true;
    open();
  }

  // ---- listening ----

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    DualSocket socket = open();
    if (localport != 0) {
      throw new SocketException("Already bound");
    }
    socket.bind(host, port);
    address = host;
    localport = socket.local().getPort();
  }

  @Override
  protected void listen(int backlog) throws IOException {
    DualSocket socket = open();
    if (localport == 0) {
      throw new SocketException("Not bound");
    }
    socket.listen(backlog < 1 ? BACKLOG : backlog);
  }

  @Override
  protected void accept(SocketImpl other) throws IOException {
    if (!(other instanceof GreenletSocketImpl)) {
      throw new IOException("a greenlet's server socket can't accept for " + other.getClass());
    }
    try {
      long nanos = await(reading, timeout, "Accept timed out");
      try {
        acceptInTurn((GreenletSocketImpl) other, nanos);
      } finally {
        reading.release();
      }
    } catch (IOException e) {
      throw told(e, "Accept timed out");
    }
  }

  private void acceptInTurn(GreenletSocketImpl other, long nanos) throws IOException {
    DualSocket socket = open();
    if (localport == 0) {
      throw new SocketException("Not bound");
    }
    Scratch scratch = Scratch.here();
    long fd = socket.check(Listener.accept(socket.descriptor(), scratch, nanos), "accept at");
    InetSocketAddress peer = (InetSocketAddress) Listener.peer(scratch);
    other.take(DualSocket.of((int) fd), peer);
  }

  private void take(DualSocket accepted, InetSocketAddress remote) throws IOException {
    try {
      accepted.rememberPeer(remote);
      address = remote.getAddress();
      port = remote.getPort();
      localport = accepted.local().getPort();
      socket = accepted;
      connected = true;
    } catch (Throwable thrown) {
      accepted.close();
      throw thrown;
    }
  }

  // ---- reading and writing ----

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    try {
      long nanos = await(reading, timeout, "Read timed out");
      try {
        return readInTurn(bytes, offset, length, nanos);
      } finally {
        reading.release();
      }
    } catch (IOException e) {
      throw told(e, "Read timed out");
    }
  }

  private int readInTurn(byte[] bytes, int offset, int length, long nanos) throws IOException {
    if (ended) {
      return -1; // even if it is closed
    }
    DualSocket socket = connected();
    if (reset) {
      throw new SocketException("Connection reset");
    }
    Scratch scratch = Scratch.here();
    int most = Math.min(length, Scratch.SIZE);
    long count =
        inputShut
            ? 0
            : socket.descriptor().perform(StreamSocket.READ, scratch.address(), most, nanos);
    if (count > 0) {
      scratch.buffer().clear().get(bytes, offset, (int) count);
      return (int) count;
    }
    open(); // else the peer may only have answered the end that it was sent by who closes this
    if (Failures.isReset(count)) {
      reset = true;
      throw new SocketException("Connection reset");
    }
    socket.check(count, "read from");
    ended = true;
    return -1;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return;
    }
    writing.acquire();
    try {
      connected().write(bytes, offset, length);
    } catch (IOException e) {
      throw told(e, "Write timed out");
    } finally {
      writing.release();
    }
  }

  @Override
  protected InputStream getInputStream() {
    return new SocketInput(this);
  }

  @Override
  protected OutputStream getOutputStream() {
    return new SocketOutput(this);
  }

  @Override
  public int available() throws IOException {
    DualSocket socket = connected();
    return inputShut ? 0 : socket.available();
  }

  @Override
  protected boolean supportsUrgentData() {
    return true;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    writing.acquire();
    try {
      connected().sendUrgent(data);
    } finally {
      writing.release();
    }
  }

  @Override
  protected void shutdownInput() throws IOException {
    connected().shutdownInput();
    inputShut = true;
  }

  @Override
  protected void shutdownOutput() throws IOException {
    connected().shutdownOutput();
  }

  // ---- options ----

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    return SocketValues.supported(server);
  }

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    SocketValues.requireSupported(server, option);
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException("Invalid value '" + value + "'");
    }
    open().setOption(option, value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    SocketValues.requireSupported(server, option);
    return open().getOption(option);
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    DualSocket socket = open();
    if (option == SO_TIMEOUT) {
      timeout = SocketValues.timeout(value);
    } else {
      SocketValues.set(socket, option, value);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    DualSocket socket = open();
    return option == SO_TIMEOUT ? (Object) timeout : SocketValues.get(socket, option);
  }
}
