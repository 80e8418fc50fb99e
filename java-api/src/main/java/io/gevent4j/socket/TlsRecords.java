package io.gevent4j.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * What comes in and goes out encrypted, between an engine and a connection. Each way is for one at
 * a time. Whoever is killed, or late, leaves both so that the next one can go on.
 */
final class TlsRecords {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int MOST_DISCARDED = 64; // reads, so that a peer who goes on can't hold us

  private final StreamSocket socket;
  private final SSLEngine engine;
  private ByteBuffer encrypted; // came in: up to its position
  private ByteBuffer decrypted; // of it, and not read yet: from position to limit
  private ByteBuffer outgoing; // encrypted, and not sent yet: up to its position

  TlsRecords(StreamSocket socket, SSLEngine engine) {
    this.socket = socket;
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    this.encrypted = ByteBuffer.allocate(packet);
    this.outgoing = ByteBuffer.allocate(packet);
    this.decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
  }

  boolean needs(HandshakeStatus status) {
    return engine.getHandshakeStatus() == status;
  }

  /** In this greenlet, like the rest of the handshake: those of many connections take turns. */
  void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  // ---- in ----

  boolean hasDecrypted() {
    return decrypted.hasRemaining();
  }

  /** How many bytes. */
  int decrypted() {
    return decrypted.remaining();
  }

  /** Moves what is decrypted, as far as there is room for it. Returns how many bytes. */
  int take(ByteBuffer to) {
    int count = Math.min(to.remaining(), decrypted.remaining());
    to.put(decrypted.slice().limit(count));
    decrypted.position(decrypted.position() + count);
    return count;
  }

  /**
   * Decrypts the next record, when all before it is taken; waits for it if it isn't there.
   *
   * @return false at the end: the peer has said so, or gone
   */
  boolean next(long end) throws IOException {
    Status status = unwrap();
    return status == Status.BUFFER_UNDERFLOW ? receive(end) : status != Status.CLOSED;
  }

  private Status unwrap() throws SSLException {
    encrypted.flip();
    decrypted.clear();
    try {
      SSLEngineResult result = engine.unwrap(encrypted, decrypted);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        result = engine.unwrap(encrypted, decrypted);
      }
      return result.getStatus();
    } finally {
      decrypted.flip();
      encrypted.compact();
    }
  }

  private boolean receive(long end) throws IOException {
    if (!encrypted.hasRemaining()) {
      int size = Math.max(encrypted.capacity() * 2, engine.getSession().getPacketBufferSize());
      encrypted = ByteBuffer.allocate(size).put(encrypted.flip());
    }
    return socket.read(encrypted, Deadline.left(end)) >= 0;
  }

  /** What is there now: if it were left, the system would break the connection off. */
  void discard() throws IOException {
    for (int i = 0; i < MOST_DISCARDED && socket.read(encrypted.clear(), 0L) > 0; i++) {}
  }

  // ---- out ----

  /**
   * Encrypts and sends all of it.
   *
   * @return false if that is over
   */
  boolean write(ByteBuffer from, long end) throws IOException {
    send(end);
    while (from.hasRemaining()) {
      Status status = wrap(from);
      send(end);
      if (status == Status.CLOSED) {
        return false;
      }
    }
    flush(end);
    return true;
  }

  /** Sends what the engine itself has to say. */
  void flush(long end) throws IOException {
    send(end);
    while (needs(HandshakeStatus.NEED_WRAP)) {
      Status status = wrap(NOTHING);
      send(end);
      if (status == Status.CLOSED) {
        return;
      }
    }
  }

  private Status wrap(ByteBuffer from) throws SSLException {
    SSLEngineResult result = engine.wrap(from, outgoing);
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()); // it is empty
      result = engine.wrap(from, outgoing);
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    return result.getStatus();
  }

  private void send(long end) throws IOException {
    outgoing.flip();
    try {
      socket.write(outgoing, Deadline.left(end));
    } finally {
      outgoing.compact();
    }
  }
}
