package io.gevent4j.socket;

import io.gevent4j.ConcurrentObjectUseError;
import io.gevent4j.binding.Native;
import io.gevent4j.lock.Semaphore;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * TLS over a connection, by the JDK's {@link SSLEngine}, which computes and never waits.
 *
 * <p>An {@code SSLSocket} over a {@link GreenletSocket} does too, for one greenlet at a time. It
 * has locks that it keeps while it waits for the network, though, and a greenlet that wants one of
 * them stops all of its hub, so that the lock is never given back. Here one may read while another
 * one writes, and any of them may close it.
 *
 * <p>The handshake is made by who first reads or writes, or calls {@link #handshake}. It must take
 * no longer than the {@linkplain BaseSocket#setTimeout timeout} of the socket, by which also each
 * read and write is limited.
 *
 * <p><b>Thread rule:</b> any thread; one at a time may read, or else {@link
 * ConcurrentObjectUseError}; those who write take turns.
 *
 * <p>gevent: {@code gevent.ssl.SSLSocket}.
 */
public final class TlsSocket implements ByteChannel, ByteFlow {
  private final StreamSocket socket;
  private final SSLEngine engine;
  private final TlsRecords records;
  private final Semaphore handshaking = new Semaphore();
  private final Semaphore writing = new Semaphore();
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile boolean ready; // the first handshake is done

  /**
   * TLS by an engine that is set up in full: for a client or a server, with its parameters. The
   * socket is closed with this one.
   */
  public TlsSocket(StreamSocket socket, SSLEngine engine) {
    this.socket = socket;
    this.engine = engine;
    this.records = new TlsRecords(socket, engine);
  }

  /**
   * The client's side. The certificate must be one for that host, whose name is also sent (SNI).
   * What else is to be chosen is chosen with {@link #engine()} before the handshake: application
   * protocols (ALPN), versions.
   *
   * <p>gevent: {@code wrap_socket(server_hostname=host)}.
   */
  public static TlsSocket client(SSLContext context, StreamSocket socket, String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(names(host));
    engine.setSSLParameters(parameters);
    return new TlsSocket(socket, engine);
  }

  /** SNI is for names only, and has no words for all that a resolver knows. */
  private static List<SNIServerName> names(String host) {
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      return List.of();
    }
    try {
      return List.of(new SNIHostName(host));
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /**
   * The server's side. Clients need no certificate unless {@link #engine()} is told so.
   *
   * <p>gevent: {@code wrap_socket(server_side=True)}.
   */
  public static TlsSocket server(SSLContext context, StreamSocket socket) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    return new TlsSocket(socket, engine);
  }

  /** What it is made of: to be set up before the handshake, and asked after it. */
  public SSLEngine engine() {
    return engine;
  }

  /** What it goes over. */
  public StreamSocket socket() {
    return socket;
  }

  // ---- the handshake ----

  /**
   * Makes the handshake, unless it is made already. Whatever fails, the connection is closed, and
   * the peer is told why; but not by who is late in waiting for another that makes it.
   *
   * <p>gevent: {@code do_handshake}.
   *
   * @throws SSLException if the two can't agree, or don't trust each other
   * @throws java.net.SocketTimeoutException if it takes longer than the socket's timeout
   */
  public void handshake() throws IOException {
    handshake(Deadline.in(socket.nanos()));
  }

  /** As {@link #handshake()}, within this time; null: as long as it takes. */
  public void handshake(Duration timeout) throws IOException {
    handshake(Deadline.in(Timeouts.requireNanos(timeout)));
  }

  private void handshake(long end) throws IOException {
    if (ready) {
      return;
    }
    await(handshaking, end, "make the handshake of");
    try {
      if (!ready) {
        shake(end);
        ready = true;
      }
    } catch (Throwable thrown) {
      try {
        tellTheEnd();
      } finally {
        socket.close();
      }
      throw thrown;
    } finally {
      handshaking.release();
    }
  }

  /** Waits for the caller's turn, and no longer than he may. */
  private void await(Semaphore turns, long end, String operation) throws IOException {
    if (turns.tryAcquire()) {
      return;
    }
    long left = Deadline.left(end);
    if (left < 0) {
      turns.acquire();
    } else if (!turns.acquire(Duration.ofNanos(left))) {
      Failures.check(Native.GV_ETIMEDOUT, operation, this);
    }
  }

  private void shake(long end) throws IOException {
    engine.beginHandshake();
    for (; ; ) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK:
          records.runTasks();
          break;
        case NEED_WRAP:
          writing.acquire();
          try {
            records.flush(end);
          } finally {
            writing.release();
          }
          break;
        case NEED_UNWRAP:
        case NEED_UNWRAP_AGAIN:
          if (!records.next(end)) {
            throw new SSLHandshakeException(this + ": the peer has gone within the handshake");
          }
          break;
        default:
          return;
      }
    }
  }

  /** That we end, or why, if that takes no waiting. */
  private void tellTheEnd() {
    if (!writing.tryAcquire()) {
      return;
    }
    try {
      engine.closeOutbound();
      records.flush(Deadline.in(0));
    } catch (IOException e) {
      // the peer finds out
    } finally {
      writing.release();
    }
  }

  // ---- reading ----

  /**
   * Reads what is there, at least a byte, into what remains of the buffer.
   *
   * <p>gevent: {@code recv_into}.
   *
   * @return how many bytes, 0 if nothing remains; -1 at the end, which is also there when the peer
   *     has gone without a word: {@code engine().isInboundDone()} says whether it has said so
   * @throws IllegalArgumentException if the buffer is read-only
   */
  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return read(buffer, socket.nanos());
  }

  /**
   * As {@link #read(ByteBuffer)}, waiting for at most this long, also for the handshake; null: as
   * long as it takes.
   */
  public int read(ByteBuffer buffer, Duration timeout) throws IOException {
    return read(buffer, Timeouts.requireNanos(timeout));
  }

  private int read(ByteBuffer buffer, long nanos) throws IOException {
    StreamSocket.requireWritable(buffer);
    requireOpen("read from"); // what is decrypted already is nobody's any more
    if (!buffer.hasRemaining()) {
      return 0;
    }
    long end = Deadline.in(nanos);
    handshake(end);
    if (!reading.compareAndSet(false, true)) {
      throw new ConcurrentObjectUseError("somebody else reads from " + this);
    }
    try {
      return readInTurn(buffer, end);
    } catch (SSLException e) {
      tellTheEnd();
      throw e;
    } finally {
      reading.set(false);
    }
  }

  private void requireOpen(String operation) throws IOException {
    Failures.check(isOpen() ? 0 : Native.GV_ECLOSED, operation, this);
  }

  private int readInTurn(ByteBuffer buffer, long end) throws IOException {
    while (!records.hasDecrypted()) {
      boolean goesOn = records.next(end);
      answer(end);
      if (!goesOn) {
        return -1;
      }
    }
    return records.take(buffer);
  }

  /**
   * Sends what the engine answers to what came in: a new key, an alert, the flights of another
   * handshake. Who is writing does it for us: to wait for him could be to wait for ever, since the
   * peer may read only when we do.
   */
  private void answer(long end) throws IOException {
    for (; ; ) {
      if (records.needs(HandshakeStatus.NEED_TASK)) {
        records.runTasks();
      } else if (!records.needs(HandshakeStatus.NEED_WRAP) || !writing.tryAcquire()) {
        return;
      } else {
        try {
          records.flush(end);
        } finally {
          writing.release();
        }
      }
    }
  }

  /** As {@link #read(ByteBuffer)}, into a part of an array. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return read(ByteBuffer.wrap(bytes, offset, length));
  }

  /** How many bytes are decrypted already; for who reads. */
  @Override
  public int available() throws IOException {
    requireOpen("look into");
    return records.decrypted();
  }

  // ---- writing ----

  /**
   * Writes all that remains of the buffer, within the timeout. If that is up, what is encrypted
   * already is sent by the next write, and the buffer's position says from where to go on.
   *
   * <p>gevent: {@code sendall}.
   *
   * @return how many bytes: all
   */
  @Override
  public int write(ByteBuffer buffer) throws IOException {
    return write(buffer, socket.nanos());
  }

  /**
   * As {@link #write(ByteBuffer)}, within this time, also for the handshake; null: as long as it
   * takes.
   */
  public int write(ByteBuffer buffer, Duration timeout) throws IOException {
    return write(buffer, Timeouts.requireNanos(timeout));
  }

  private int write(ByteBuffer buffer, long nanos) throws IOException {
    requireOpen("write to");
    int size = buffer.remaining();
    long end = Deadline.in(nanos);
    handshake(end);
    await(writing, end, "write to");
    try {
      if (!records.write(buffer, end)) {
        throw new SocketClosedException("cannot write to " + this + ": its output is shut down");
      }
    } finally {
      writing.release();
    }
    answer(end); // somebody may have left that to us in the last moment
    return size;
  }

  /** As {@link #write(ByteBuffer)}, a part of an array. */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteBuffer.wrap(bytes, offset, length));
  }

  // ---- the end ----

  /**
   * Tells the peer that nothing more will be written. Reading goes on, with TLS 1.3; an older peer
   * ends as well.
   *
   * <p>gevent: {@code unwrap}, its first half.
   */
  public void shutdownOutput() throws IOException {
    requireOpen("shut down");
    long end = Deadline.in(socket.nanos());
    handshake(end);
    await(writing, end, "shut down");
    try {
      engine.closeOutbound();
      records.flush(end);
    } finally {
      writing.release();
    }
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  /** Tells the peer, if that takes no waiting, and closes the socket. Who waits is woken. */
  @Override
  public void close() {
    try {
      if (socket.isOpen() && ready) {
        tellTheEnd();
        discard();
      }
    } finally {
      socket.close();
    }
  }

  /** Else what the peer has sent last, a ticket at least, would make the system break off. */
  private void discard() {
    if (!reading.compareAndSet(false, true)) {
      return;
    }
    try {
      records.discard();
    } catch (IOException e) {
      // nothing is there
    } finally {
      reading.set(false);
    }
  }

  // ---- the rest ----

  /**
   * What was agreed on, with whom. Before the handshake, nothing.
   *
   * <p>gevent: {@code cipher}, {@code version}, {@code getpeercert}.
   */
  public SSLSession session() {
    return engine.getSession();
  }

  /** What ALPN has agreed on; empty for nothing. gevent: {@code selected_alpn_protocol}. */
  public String applicationProtocol() {
    String protocol = engine.getApplicationProtocol();
    return protocol == null ? "" : protocol;
  }

  /** Reads from this; closes it. gevent: {@code makefile}. */
  public InputStream inputStream() {
    return new SocketInput(this);
  }

  /** Writes to this, each time a record; closes it. gevent: {@code makefile}. */
  public OutputStream outputStream() {
    return new SocketOutput(this);
  }

  @Override
  public String toString() {
    return "TlsSocket[" + socket + "]";
  }
}
