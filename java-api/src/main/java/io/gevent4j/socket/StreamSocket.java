package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.socket.Descriptor.Call;
import io.gevent4j.waiting.Timeouts;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A connection. A read or write is one native call; what is in a direct buffer isn't copied, what
 * is in an array is copied once. Neither allocates.
 *
 * <p>Each waits for at most the {@linkplain #setTimeout timeout}, for whose end there is {@link
 * java.net.SocketTimeoutException}.
 *
 * <p>gevent: {@code gevent.socket.socket} of {@code SOCK_STREAM}.
 */
public abstract class StreamSocket extends BaseSocket
    implements ByteChannel, ScatteringByteChannel, GatheringByteChannel, ByteFlow {
  static final Call READ = Native::gv_socket_read;
  private static final Call WRITE = Native::gv_socket_write;
  private static final Call WRITE_PIECES =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_write_pieces(hub, self, socket, memory, (int) size, nanos);
  private static final Call WRITABLE =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_wait(hub, self, socket, Native.GV_WRITE, nanos);
  private static final long FILE_PIECE = 1 << 20; // of the disk at once

  private final Memory readMemory = new Memory();
  private final Memory writeMemory = new Memory();
  Arrivals arrivals; // null: nobody wants to know

  StreamSocket(Descriptor descriptor, Options options) {
    super(descriptor, options);
  }

  // ---- reading ----

  /**
   * Reads what is there, at least a byte, into what remains of the buffer.
   *
   * <p>gevent: {@code recv_into}.
   *
   * @return how many bytes, 0 if nothing remains; -1 at the end
   */
  @Override
  public final int read(ByteBuffer buffer) throws IOException {
    return read(buffer, nanos());
  }

  /** As {@link #read(ByteBuffer)}, waiting for at most this long; null: as long as it takes. */
  public final int read(ByteBuffer buffer, Duration timeout) throws IOException {
    return read(buffer, Timeouts.requireNanos(timeout));
  }

  final int read(ByteBuffer buffer, long nanos) throws IOException {
    int position = buffer.position();
    int size = buffer.limit() - position;
    if (size == 0) {
      return requireOpen();
    }
    if (!buffer.isDirect()) {
      return readByCopy(buffer, size, nanos);
    }
    requireWritable(buffer);
    long memory = readMemory.of(buffer) + position;
    Arrivals arrivals = this.arrivals;
    int count =
        received(
            arrivals == null
                ? descriptor().perform(READ, memory, size, nanos)
                : arrivals.read(descriptor(), memory, size, nanos));
    if (count > 0) {
      buffer.position(position + count);
    }
    return count;
  }

  private int readByCopy(ByteBuffer buffer, int size, long nanos) throws IOException {
    requireWritable(buffer);
    int count = read(buffer.array(), buffer.arrayOffset() + buffer.position(), size, nanos);
    if (count > 0) {
      buffer.position(buffer.position() + count);
    }
    return count;
  }

  /**
   * As {@link #read(ByteBuffer)}, into a part of an array.
   *
   * @throws IndexOutOfBoundsException if that isn't a part of it
   */
  @Override
  public final int read(byte[] bytes, int offset, int length) throws IOException {
    return read(bytes, offset, length, nanos());
  }

  /**
   * As {@link #read(byte[], int, int)}, waiting for at most this long; null: as long as it takes.
   */
  public final int read(byte[] bytes, int offset, int length, Duration timeout) throws IOException {
    return read(bytes, offset, length, Timeouts.requireNanos(timeout));
  }

  final int read(byte[] bytes, int offset, int length, long nanos) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return requireOpen();
    }
    Arrivals arrivals = this.arrivals;
    if (arrivals != null) {
      return readTimed(arrivals, bytes, offset, length, nanos);
    }
    Scratch scratch = Scratch.here();
    int most = Math.min(length, Scratch.SIZE);
    int count = received(descriptor().perform(READ, scratch.address(), most, nanos));
    if (count > 0) {
      scratch.buffer().clear().get(bytes, offset, count);
    }
    return count;
  }

  private int readTimed(Arrivals arrivals, byte[] bytes, int offset, int length, long nanos)
      throws IOException {
    Scratch scratch = Scratch.here();
    int most = Math.min(length, Datagram.MOST);
    long memory = scratch.address() + Datagram.BYTES;
    int count = received(arrivals.read(descriptor(), memory, most, nanos));
    if (count > 0) {
      scratch.buffer().clear().position(Datagram.BYTES).get(bytes, offset, count);
    }
    return count;
  }

  static void requireWritable(ByteBuffer buffer) {
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("can't read into a read-only buffer: " + buffer);
    }
  }

  /** Of no bytes: returns 0. */
  private int requireOpen() throws IOException {
    return (int) check(isOpen() ? 0 : Native.GV_ECLOSED, "use");
  }

  private int received(long count) throws IOException {
    return count == 0 ? -1 : (int) check(count, "read from");
  }

  /**
   * Reads until nothing remains of the buffer, within the timeout.
   *
   * @throws EOFException if the end comes before; what came is in the buffer
   */
  public final void readFully(ByteBuffer buffer) throws IOException {
    readFully(buffer, nanos());
  }

  /** As {@link #readFully(ByteBuffer)}, within this time; null: as long as it takes. */
  public final void readFully(ByteBuffer buffer, Duration timeout) throws IOException {
    readFully(buffer, Timeouts.requireNanos(timeout));
  }

  private void readFully(ByteBuffer buffer, long nanos) throws IOException {
    long end = Deadline.in(nanos);
    while (buffer.hasRemaining()) {
      if (read(buffer, Deadline.left(end)) < 0) {
        throw new EOFException(this + " ended, " + buffer.remaining() + " bytes too early");
      }
    }
  }

  @Override
  public final long read(ByteBuffer[] buffers) throws IOException {
    return read(buffers, 0, buffers.length);
  }

  /**
   * As {@link #read(ByteBuffer)}, into the first of them that has room, and on as far as it goes.
   */
  @Override
  public final long read(ByteBuffer[] buffers, int offset, int length) throws IOException {
    return read(buffers, offset, length, nanos());
  }

  /** As {@link #read(ByteBuffer[])}, waiting for at most this long; null: as long as it takes. */
  public final long read(ByteBuffer[] buffers, Duration timeout) throws IOException {
    return read(buffers, 0, buffers.length, Timeouts.requireNanos(timeout));
  }

  private long read(ByteBuffer[] buffers, int offset, int length, long nanos) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffers.length);
    for (int i = offset; i < offset + length; i++) {
      requireWritable(buffers[i]); // before anything is read
    }
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      if (!buffers[i].hasRemaining()) {
        continue;
      }
      int count = sum == 0 ? read(buffers[i], nanos) : readWhatIsThere(buffers[i]);
      if (count < 0) {
        return sum == 0 ? -1 : sum;
      }
      sum += count;
      if (buffers[i].hasRemaining()) {
        break;
      }
    }
    return sum;
  }

  private int readWhatIsThere(ByteBuffer buffer) throws IOException {
    try {
      return read(buffer, 0L);
    } catch (SocketTimeoutException e) {
      return 0;
    }
  }

  // ---- writing ----

  /**
   * Writes all that remains of the buffer, within the timeout. If that is up, or the connection
   * fails, the buffer's position says how much was sent.
   *
   * <p>gevent: {@code sendall}.
   *
   * @return how many bytes: all
   */
  @Override
  public final int write(ByteBuffer buffer) throws IOException {
    return write(buffer, nanos());
  }

  /** As {@link #write(ByteBuffer)}, within this time; null: as long as it takes. */
  public final int write(ByteBuffer buffer, Duration timeout) throws IOException {
    return write(buffer, Timeouts.requireNanos(timeout));
  }

  final int write(ByteBuffer buffer, long nanos) throws IOException {
    int size = buffer.remaining();
    long end = Deadline.in(nanos);
    int sent = writeSome(buffer, nanos);
    if (sent < size) {
      while (buffer.hasRemaining()) {
        writeSome(buffer, Deadline.left(end));
      }
    }
    return size;
  }

  /** What the system takes at once, at least a byte if there is one. */
  private int writeSome(ByteBuffer buffer, long nanos) throws IOException {
    int position = buffer.position();
    int size = buffer.limit() - position;
    if (size == 0) {
      return requireOpen();
    }
    int count =
        buffer.isDirect()
            ? sent(descriptor().perform(WRITE, writeMemory.of(buffer) + position, size, nanos))
            : writeByCopy(buffer, nanos);
    buffer.position(position + count);
    return count;
  }

  private int writeByCopy(ByteBuffer buffer, long nanos) throws IOException {
    if (buffer.hasArray()) {
      int offset = buffer.arrayOffset() + buffer.position();
      return writeSome(buffer.array(), offset, buffer.remaining(), nanos);
    }
    byte[] copy = new byte[Math.min(buffer.remaining(), Scratch.SIZE)];
    buffer.duplicate().get(copy);
    return writeSome(copy, 0, copy.length, nanos);
  }

  /**
   * Writes a part of an array, all of it.
   *
   * @throws IndexOutOfBoundsException if that isn't a part of it
   */
  @Override
  public final void write(byte[] bytes, int offset, int length) throws IOException {
    write(bytes, offset, length, nanos());
  }

  /** As {@link #write(byte[], int, int)}, within this time; null: as long as it takes. */
  public final void write(byte[] bytes, int offset, int length, Duration timeout)
      throws IOException {
    write(bytes, offset, length, Timeouts.requireNanos(timeout));
  }

  private void write(byte[] bytes, int offset, int length, long nanos) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    long end = Deadline.in(nanos);
    for (int sent = 0; sent < length; ) {
      sent += writeSome(bytes, offset + sent, length - sent, Deadline.left(end));
    }
  }

  /** Others use the scratch while the caller waits: so that it is filled anew after that. */
  private int writeSome(byte[] bytes, int offset, int length, long nanos) throws IOException {
    int most = Math.min(length, Scratch.SIZE);
    long end = Deadline.in(nanos);
    for (long left = nanos; ; left = Deadline.left(end)) {
      Scratch scratch = Scratch.here();
      scratch.buffer().clear().put(bytes, offset, most);
      long count = descriptor().perform(WRITE, scratch.address(), most, 0);
      if (count != Native.GV_ETIMEDOUT) {
        return sent(count);
      }
      sent(descriptor().perform(WRITABLE, 0, 0, left));
    }
  }

  private int sent(long count) throws IOException {
    return (int) check(count, "write to");
  }

  @Override
  public final long write(ByteBuffer[] buffers) throws IOException {
    return write(buffers, 0, buffers.length);
  }

  /** Writes all that remains of these buffers, within the timeout, by as few calls as possible. */
  @Override
  public final long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
    return write(buffers, offset, length, nanos());
  }

  /** As {@link #write(ByteBuffer[])}, within this time; null: as long as it takes. */
  public final long write(ByteBuffer[] buffers, Duration timeout) throws IOException {
    return write(buffers, 0, buffers.length, Timeouts.requireNanos(timeout));
  }

  private long write(ByteBuffer[] buffers, int offset, int length, long nanos) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffers.length);
    long end = Deadline.in(nanos);
    long sum = 0;
    for (int first = offset; first < offset + length; ) {
      if (buffers[first].hasRemaining()) {
        sum += writePieces(buffers, first, offset + length, end);
      } else {
        first++;
      }
    }
    return sum;
  }

  /** What the system takes at once. Laid out anew after a wait, as an array is. */
  private long writePieces(ByteBuffer[] buffers, int first, int last, long end) throws IOException {
    for (; ; ) {
      Scratch scratch = Scratch.here();
      int pieces = Pieces.put(scratch, buffers, first, last);
      long count = descriptor().perform(WRITE_PIECES, scratch.address(), pieces, 0);
      if (count != Native.GV_ETIMEDOUT) {
        Pieces.advance(buffers, first, sent(count));
        return count;
      }
      sent(descriptor().perform(WRITABLE, 0, 0, Deadline.left(end)));
    }
  }

  /**
   * Sends a part of a file, or as much as there is of it, within the timeout; the system doesn't
   * copy it through the program. The disk is read by the hub's kernel thread, which waits for it.
   *
   * <p>gevent: {@code sendfile}.
   *
   * @param position of the first byte in the file
   * @param count of bytes
   * @return how many bytes
   * @throws IllegalArgumentException if one of them is negative
   */
  public final long sendFile(Path file, long position, long count) throws IOException {
    return sendFile(file, position, count, nanos());
  }

  /** As {@link #sendFile(Path, long, long)}, within this time; null: as long as it takes. */
  public final long sendFile(Path file, long position, long count, Duration timeout)
      throws IOException {
    return sendFile(file, position, count, Timeouts.requireNanos(timeout));
  }

  private long sendFile(Path file, long position, long count, long nanos) throws IOException {
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException("not a part of " + file + ": " + position + ", " + count);
    }
    int fd = (int) Failures.check(Native.gv_file_open(file.toFile().getPath()), "open", file);
    try {
      return sendFile(fd, position, count, nanos);
    } finally {
      Native.gv_file_close(fd);
    }
  }

  private long sendFile(int fd, long position, long count, long nanos) throws IOException {
    long end = Deadline.in(nanos);
    long sum = 0;
    while (sum < count) {
      long offset = position + sum;
      Call call =
          (hub, self, socket, memory, size, left) ->
              Native.gv_socket_send_file(hub, self, socket, fd, offset, size, left);
      long most = Math.min(count - sum, FILE_PIECE);
      long sent = check(descriptor().perform(call, 0, most, Deadline.left(end)), "write to");
      if (sent == 0) {
        break;
      }
      sum += sent;
    }
    return sum;
  }

  // ---- the rest ----

  /** How many bytes can be read at once. */
  @Override
  public final int available() throws IOException {
    return (int) check(Native.gv_socket_available(descriptor().address()), "look into");
  }

  /**
   * Nothing more is read: who reads gets -1. What the peer sends is thrown away.
   *
   * <p>gevent: {@code shutdown(SHUT_RD)}.
   */
  public final void shutdownInput() throws IOException {
    shutdown(Native.GV_READ);
  }

  /**
   * Nothing more is written, by nobody: the peer reads the end. Reading goes on.
   *
   * <p>gevent: {@code shutdown(SHUT_WR)}.
   */
  public final void shutdownOutput() throws IOException {
    shutdown(Native.GV_WRITE);
  }

  private void shutdown(int how) throws IOException {
    check(Native.gv_socket_shutdown(descriptor().address(), how), "shut down");
    descriptor().retry();
  }

  /**
   * The peer's: internet or unix, an empty path for one that has none; also after it has broken
   * off.
   *
   * <p>gevent: {@code getpeername}, and the address that its servers give to handlers.
   */
  public final SocketAddress remoteAddress() throws IOException {
    SocketAddress peer = isOpen() ? peerIfAny() : null;
    return peer == null ? name(1, "read the peer of") : peer;
  }

  /** Reads from this; closes it. gevent: {@code makefile}. */
  public final InputStream inputStream() {
    return new SocketInput(this);
  }

  /** Writes to this, without a buffer; closes it. gevent: {@code makefile}. */
  public final OutputStream outputStream() {
    return new SocketOutput(this);
  }
}
