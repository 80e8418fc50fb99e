package io.gevent4j.socket;

import io.gevent4j.HasDescriptor;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.socket.Descriptor.Call;
import io.gevent4j.waiting.Timeouts;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What all sockets have: a descriptor, a timeout, options and an end.
 *
 * <p><b>Thread rule:</b> any thread; one at a time may read and another one write, or else {@link
 * io.gevent4j.ConcurrentObjectUseError}. Reading and writing are cheapest in the hub that was the
 * first to use it. A greenlet that is killed, or whose {@link io.gevent4j.Timeout} is up, leaves
 * the socket as it was.
 *
 * <p>gevent: {@code gevent.socket.socket}.
 */
public abstract class BaseSocket implements Channel, Closeable, HasDescriptor {
  private static final Call CONNECT =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_connect(hub, self, socket, memory, nanos);

  private final Descriptor descriptor;
  private final Options options;
  private volatile Duration timeout; // null: none
  private volatile long nanos = -1; // the same
  private volatile boolean ref = true;
  private volatile SocketAddress connectedTo; // null: nobody, or it was done elsewhere

  BaseSocket(Descriptor descriptor, Options options) {
    this.descriptor = descriptor;
    this.options = options;
  }

  final Descriptor descriptor() {
    return descriptor;
  }

  /** The number of its descriptor, -1 when it is closed. gevent: {@code fileno()}. */
  @Override
  public final int fileno() {
    return descriptor.number();
  }

  @Override
  public final boolean isOpen() {
    return descriptor.isOpen();
  }

  /**
   * Closes it; harmless if it is closed. Who waits for it gets a {@link SocketClosedException}.
   * From another thread than that of the hub that uses it, the descriptor is closed when that hub
   * next runs, which may be after this returns: until then the peer isn't told, and its port or
   * path is taken.
   */
  @Override
  public void close() {
    descriptor.close();
  }

  // ---- the timeout ----

  /** How long a call waits unless it is told otherwise; null: as long as it takes. */
  public final Duration timeout() {
    return timeout;
  }

  /**
   * Sets how long a call waits unless it is told otherwise. With zero calls don't wait at all, and
   * throw {@link java.net.SocketTimeoutException} where they would.
   *
   * <p>gevent: {@code settimeout}.
   *
   * @param timeout null: as long as it takes, which is so unless it is set
   * @throws IllegalArgumentException if it is negative
   */
  public final void setTimeout(Duration timeout) {
    nanos = Timeouts.requireNanos(timeout);
    this.timeout = timeout;
  }

  /** The timeout in ns, negative for none. */
  final long nanos() {
    return nanos;
  }

  /**
   * Sets whether who waits for it keeps the hub from being idle, as it does unless it is told
   * otherwise. Who waits already for it is included.
   *
   * <p>gevent: {@code ref}.
   */
  public final void setRef(boolean ref) {
    this.ref = ref;
    Native.gv_socket_set_ref(descriptor.address(), ref ? 1 : 0);
    descriptor.retry();
  }

  /** Whether it does. gevent: {@code ref}. */
  public final boolean isRef() {
    return ref;
  }

  // ---- options ----

  /**
   * Those of the JDK and of {@link ExtendedOptions} that this kind of socket has on this system.
   */
  public final Set<SocketOption<?>> supportedOptions() {
    return options.supported();
  }

  /**
   * Sets an option.
   *
   * <p>gevent: {@code setsockopt}.
   *
   * @throws UnsupportedOperationException if there is none of that name
   * @throws IllegalArgumentException if the value is negative, but for {@code SO_LINGER}, or more
   *     than the byte that {@code IP_TOS} and {@code IP_MULTICAST_TTL} have
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    options.set(this, option, value);
  }

  /** Sets each of them, of any type. */
  final void setOptions(Map<SocketOption<?>, ?> values) throws IOException {
    for (Map.Entry<SocketOption<?>, ?> each : values.entrySet()) {
      setOptionTo(each.getKey(), each.getValue());
    }
  }

  private <T> void setOptionTo(SocketOption<T> option, Object value) throws IOException {
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException(option.name() + " can't be " + value);
    }
    setOption(option, option.type().cast(value));
  }

  /**
   * Reads an option.
   *
   * <p>gevent: {@code getsockopt}.
   *
   * @throws UnsupportedOperationException if there is none of that name
   */
  public final <T> T getOption(SocketOption<T> option) throws IOException {
    return options.get(this, option);
  }

  // ---- addresses ----

  /**
   * Its own address: internet or unix. As long as it has none, port 0 of all addresses, or an empty
   * path.
   *
   * <p>gevent: {@code getsockname}.
   */
  public final SocketAddress localAddress() throws IOException {
    return name(0, "read the address of");
  }

  /** For people: as {@link #name}, or null where there is none. */
  final SocketAddress nameIfAny(int peer) {
    Scratch scratch = Scratch.here();
    int status = Native.gv_socket_name(descriptor.address(), peer, scratch.address());
    Reference.reachabilityFence(this);
    return status < 0 ? null : Addresses.get(scratch.buffer());
  }

  /** The peer's, also after it has broken off, when the system has forgotten it. */
  final SocketAddress peerIfAny() {
    SocketAddress peer = nameIfAny(1);
    return peer == null ? connectedTo : peer;
  }

  final SocketAddress name(int peer, String operation) throws IOException {
    Scratch scratch = Scratch.here();
    // Who asks may be toString: without a peer, it must not be asked for the message.
    Failures.check(
        Native.gv_socket_name(descriptor.address(), peer, scratch.address()),
        operation,
        withoutAddresses());
    return Addresses.get(scratch.buffer());
  }

  final void bind(SocketAddress address) throws IOException {
    bind(address, Addresses.family(address));
  }

  /** Of a socket of this family. */
  final void bind(SocketAddress address, int family) throws IOException {
    Scratch scratch = Scratch.here();
    Addresses.put(scratch.buffer(), address, family);
    int status = Native.gv_socket_bind(descriptor.address(), scratch.address());
    Reference.reachabilityFence(this);
    Failures.check(status, "bind", address);
  }

  final void connect(SocketAddress address, int family, long nanos) throws IOException {
    Scratch scratch = Scratch.here();
    Addresses.put(scratch.buffer(), address, family);
    Failures.check(descriptor.perform(CONNECT, scratch.address(), 0, nanos), "connect to", address);
    connectedTo = address;
  }

  /** For when the system has forgotten it; null: there is none any more. */
  final void rememberPeer(SocketAddress peer) {
    connectedTo = peer;
  }

  /** Returns a status that isn't negative. */
  final long check(long status, String operation) throws IOException {
    return Failures.check(status, operation, this);
  }

  /** With its addresses: also that of a peer that has broken the connection off. */
  @Override
  public String toString() {
    SocketAddress local = nameIfAny(0);
    SocketAddress remote = peerIfAny();
    if (!isOpen()) {
      return withoutAddresses();
    }
    return getClass().getSimpleName()
        + "[fd="
        + fileno()
        + (isNamed(local) ? " " + local : "")
        + (isNamed(remote) ? " to " + remote : "")
        + "]";
  }

  private static boolean isNamed(SocketAddress address) {
    return address != null && !address.toString().isEmpty(); // as that of a pair
  }

  private String withoutAddresses() {
    return getClass().getSimpleName() + (isOpen() ? "[fd=" + fileno() + "]" : "[closed]");
  }
}
