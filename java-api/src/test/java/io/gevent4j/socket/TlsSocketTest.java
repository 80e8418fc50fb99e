package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.ConcurrentObjectUseError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SSLSocket can do, and what it can't within one hub. */
class TlsSocketTest extends TlsContract {
  private static TlsSocket set(TlsSocket socket, Consumer<SSLParameters> how) {
    SSLParameters parameters = socket.engine().getSSLParameters();
    how.accept(parameters);
    socket.engine().setSSLParameters(parameters);
    return socket;
  }

  @Override
  End client(SSLContext context, String host, int port, Consumer<SSLParameters> how)
      throws Exception {
    return new Lean(set(TlsSocket.client(context, TcpSocket.connect(host, port), host, port), how));
  }

  @Override
  Place listen() throws IOException {
    TcpListener listener = TcpListener.bind(new InetSocketAddress(HERE, 0), 200);
    return new Place() {
      @Override
      public int port() throws IOException {
        return listener.port();
      }

      @Override
      public End accept(SSLContext context, Consumer<SSLParameters> how) throws IOException {
        return new Lean(set(TlsSocket.server(context, listener.accept()), how));
      }

      @Override
      public void close() {
        listener.close();
      }
    };
  }

  @Override
  void checkEnd(End client, boolean said) {
    assertThat(((Lean) client).socket.engine().isInboundDone()).isEqualTo(said);
  }

  private static final class Lean implements End {
    private final TlsSocket socket;

    Lean(TlsSocket socket) {
      this.socket = socket;
    }

    @Override
    public void handshake() throws IOException {
      socket.handshake();
    }

    @Override
    public InputStream in() {
      return socket.inputStream();
    }

    @Override
    public OutputStream out() {
      return socket.outputStream();
    }

    @Override
    public SSLSession session() {
      return socket.session();
    }

    @Override
    public String protocol() {
      return socket.applicationProtocol();
    }

    @Override
    public void setTimeout(Duration timeout) {
      socket.socket().setTimeout(timeout);
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** A client and a server, connected; the handshake is still to be made. */
  private static TlsSocket[] pair(Consumer<SSLParameters> how) throws Exception {
    UnixSocket[] sockets = UnixSocket.pair();
    return new TlsSocket[] {
      set(TlsSocket.client(Certificates.trust(), sockets[0], "localhost", 1), how),
      TlsSocket.server(Certificates.both(), sockets[1])
    };
  }

  private static Greenlet<byte[]> spawnRead(TlsSocket socket, int size) {
    return Gevent.spawn(() -> socket.inputStream().readNBytes(size));
  }

  private static Greenlet<Void> spawnWrite(TlsSocket socket, byte[] bytes) {
    return spawn(() -> socket.write(bytes, 0, bytes.length));
  }

  private static byte[] much(int seed) {
    byte[] much = new byte[4 << 20];
    new java.util.Random(seed).nextBytes(much);
    return much;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldReadAndWriteMuchAtOnceFromTheFirstByteOn(String version) throws Exception {
    TlsSocket[] ends = pair(only(version));
    byte[] there = much(1);
    byte[] back = much(2);
    Greenlet<Void> first = spawnWrite(ends[0], there);
    Greenlet<Void> second = spawnWrite(ends[1], back);
    Greenlet<byte[]> third = spawnRead(ends[0], back.length);
    Greenlet<byte[]> fourth = spawnRead(ends[1], there.length);
    first.get();
    second.get();
    assertThat(third.get()).isEqualTo(back);
    assertThat(fourth.get()).isEqualTo(there);
    ends[0].close();
    ends[1].close();
  }

  /** Whoever reads answers that, while somebody else writes without a look at it. */
  @Test
  void shouldMakeAnotherHandshakeWhileItReadsAndWrites() throws Exception {
    TlsSocket[] ends = pair(only("TLSv1.2"));
    byte[] much = much(6);
    Greenlet<Void> writer = spawnWrite(ends[1], much);
    Greenlet<byte[]> peer = spawnRead(ends[1], 2);
    byte[] read = new byte[much.length];
    int count = 0;
    for (int another = 0; another < 2; another++) {
      for (int end = count + much.length / 4; count < end; ) {
        count += ends[0].read(read, count, 10_000);
      }
      ends[0].engine().beginHandshake();
      ends[0].outputStream().write(another);
    }
    while (count < much.length) {
      count += ends[0].read(read, count, much.length - count);
    }
    assertThat(read).isEqualTo(much);
    assertThat(peer.get()).containsExactly(0, 1);
    writer.get();
    ends[0].close();
    ends[1].close();
  }

  @Test
  void shouldLetThoseWhoWriteTakeTurns() throws Exception {
    TlsSocket[] ends = pair(AS_IS);
    List<Greenlet<Void>> writers = new ArrayList<>();
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < 4; i++) {
      byte[] same = bytes.clone();
      java.util.Arrays.fill(same, (byte) i);
      writers.add(spawnWrite(ends[0], same));
    }
    for (int i = 0; i < 4; i++) {
      byte[] read = ends[1].inputStream().readNBytes(bytes.length);
      for (byte each : read) {
        assertThat(each).isEqualTo(read[0]);
      }
    }
    for (Greenlet<Void> each : writers) {
      each.get();
    }
    ends[0].close();
    ends[1].close();
  }

  @Test
  void shouldRefuseASecondReader() throws Exception {
    TlsSocket[] ends = pair(AS_IS);
    Greenlet<byte[]> first = spawnRead(ends[0], 1);
    Greenlet<byte[]> other = spawnRead(ends[1], 1);
    while (!ends[0].session().isValid() || ends[0].session().getProtocol().equals("NONE")) {
      turn();
    }
    turns();
    assertThatThrownBy(() -> ends[0].inputStream().read())
        .isInstanceOf(ConcurrentObjectUseError.class);
    ends[1].outputStream().write(7);
    assertThat(first.get()).containsExactly(7);
    other.kill();
    ends[0].close();
    ends[1].close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldEndWhileOthersReadAndWrite(String version) throws Exception {
    TlsSocket[] ends = pair(only(version));
    Greenlet<Throwable> reader =
        Gevent.spawn(() -> thrownBy(() -> ends[0].inputStream().readNBytes(1 << 20)));
    Greenlet<Throwable> writer =
        Gevent.spawn(() -> thrownBy(() -> ends[0].write(new byte[64 << 20], 0, 64 << 20)));
    ends[1].handshake();
    ends[1].inputStream().readNBytes(1000);
    turns();
    assertThat(writer.isActive() && reader.isActive()).isTrue();
    ends[0].close();
    assertThat(reader.get()).isInstanceOf(AsynchronousCloseException.class);
    assertThat(writer.get()).isInstanceOf(AsynchronousCloseException.class);
    ends[1].close();
  }

  /** With SSLSocket the reader would wait for the writer's lock, and all of the hub with it. */
  @Test
  void shouldReadTheEndWhileSomebodyWrites() throws Exception {
    TlsSocket[] ends = pair(only("TLSv1.2"));
    Greenlet<byte[]> reader = spawnRead(ends[0], 1);
    Greenlet<Throwable> writer =
        Gevent.spawn(() -> thrownBy(() -> ends[0].write(new byte[64 << 20], 0, 64 << 20)));
    ends[1].inputStream().readNBytes(1000);
    ends[1].shutdownOutput();
    assertThat(reader.get()).isEmpty();
    assertThat(writer.isActive()).isTrue();
    ends[0].close();
    ends[1].close();
    assertThat(writer.get()).isInstanceOf(AsynchronousCloseException.class);
  }

  /** As {@link #pair}, and the handshake is made. */
  private static TlsSocket[] connectedPair() throws Exception {
    TlsSocket[] ends = pair(AS_IS);
    Greenlet<Void> handshake = spawn(ends[1]::handshake);
    ends[0].handshake();
    handshake.get();
    return ends;
  }

  @Test
  void shouldGoOnWhereALateOrKilledWriterStopped() throws Exception {
    TlsSocket[] ends = connectedPair();
    byte[] first = much(3);
    ByteBuffer buffer = ByteBuffer.wrap(first);
    ends[0].socket().setTimeout(SHORT);
    assertThatThrownBy(() -> ends[0].write(buffer)).isInstanceOf(SocketTimeoutException.class);
    ends[0].socket().setTimeout(null);
    Greenlet<Void> killed = spawn(() -> ends[0].write(buffer));
    turns();
    killed.kill();
    assertThat(buffer.hasRemaining()).isTrue();
    Greenlet<byte[]> reader = spawnRead(ends[1], first.length);
    ends[0].write(buffer);
    assertThat(reader.get()).isEqualTo(first);
    ends[0].close();
    ends[1].close();
  }

  // gevent: test__ssl.py test_ssl_sendall_timeout0
  @Test
  void shouldNotWaitAtAllWithATimeoutOfZero() throws Exception {
    TlsSocket[] ends = connectedPair();
    byte[] much = much(4);
    ByteBuffer buffer = ByteBuffer.wrap(much);
    ends[0].socket().setTimeout(Duration.ZERO);
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertThatThrownBy(() -> ends[0].inputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> ends[0].write(buffer)).isInstanceOf(SocketTimeoutException.class);
    assertThat(other.ready()).as("others have run").isFalse();
    assertThat(buffer.position()).as("of what fitted").isPositive();
    ends[0].socket().setTimeout(null);
    Greenlet<byte[]> reader = spawnRead(ends[1], much.length);
    ends[0].write(buffer);
    assertThat(reader.get()).isEqualTo(much);
    ends[0].close();
    ends[1].close();
  }

  @Test
  void shouldStopWaitingWhenTheTimeOfTheCallIsUp() throws Exception {
    TlsSocket[] ends = connectedPair();
    ByteBuffer much = ByteBuffer.wrap(much(5));
    assertThatThrownBy(() -> ends[0].read(ByteBuffer.allocate(1), SHORT))
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> ends[0].write(much, SHORT)).isInstanceOf(SocketTimeoutException.class);
    Greenlet<Throwable> writer = Gevent.spawn(() -> thrownBy(() -> ends[0].write(much)));
    turns();
    assertThatThrownBy(() -> ends[0].write(ByteBuffer.allocate(1), SHORT))
        .as("it waits for its turn")
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("cannot write to TlsSocket");
    ends[0].socket().setTimeout(SHORT);
    assertThatThrownBy(() -> ends[0].outputStream().write(1))
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(ends[0]::shutdownOutput).isInstanceOf(SocketTimeoutException.class);
    assertThat(writer.isActive()).isTrue();
    ends[0].close();
    ends[1].close();
    assertThat(writer.get()).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void shouldCountTheHandshakeAsWaiting() throws Exception {
    TlsSocket[] ends = pair(AS_IS);
    Greenlet<Throwable> first = Gevent.spawn(() -> thrownBy(ends[0]::handshake));
    turns();
    assertThatThrownBy(() -> ends[0].read(ByteBuffer.allocate(1), SHORT))
        .as("it waits for who makes it")
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("cannot make the handshake of TlsSocket");
    assertThat(ends[0].isOpen()).isTrue();
    ends[0].close();
    assertThat(first.get()).isInstanceOf(SocketClosedException.class);
    assertThatThrownBy(() -> ends[1].read(ByteBuffer.allocate(1), Duration.ZERO))
        .isInstanceOf(IOException.class);
    TlsSocket[] others = pair(AS_IS);
    assertThatThrownBy(() -> others[0].write(ByteBuffer.allocate(1), SHORT))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(others[0].isOpen()).as("there is no way to go on with half a handshake").isFalse();
    others[1].close();
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws Exception {
    TlsSocket[] ends = connectedPair();
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1))) {
      assertThatThrownBy(() -> ends[0].read(buffer.asReadOnlyBuffer())) // which nobody writes to
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("read-only");
    }
    byte[] bytes = new byte[4];
    for (int[] range : new int[][] {{-1, 1}, {0, 5}, {4, 1}, {1, -1}, {Integer.MAX_VALUE, 1}}) {
      List<Body> uses =
          List.of(
              () -> ends[0].read(bytes, range[0], range[1]),
              () -> ends[0].write(bytes, range[0], range[1]),
              () -> ends[0].inputStream().read(bytes, range[0], range[1]),
              () -> ends[0].outputStream().write(bytes, range[0], range[1]));
      for (Body use : uses) {
        assertThat(thrownBy(use)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
    Duration none = Duration.ofNanos(-1);
    assertThatThrownBy(() -> ends[0].read(ByteBuffer.allocate(1), none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ends[0].write(ByteBuffer.allocate(1), none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ends[0].read((ByteBuffer) null))
        .isInstanceOf(NullPointerException.class);
    ends[0].close();
    ends[1].close();
  }

  @Test
  void shouldRefuseEveryUseOfAClosedOne() throws Exception {
    TlsSocket[] ends = connectedPair();
    ends[1].write(new byte[9], 0, 9);
    assertThat(ends[0].read(new byte[1], 0, 1)).isOne();
    assertThat(ends[0].available()).as("it is decrypted already").isEqualTo(8);
    ends[0].close();
    ends[0].close();
    Map<String, Body> uses = new LinkedHashMap<>();
    uses.put("read from", () -> ends[0].read(ByteBuffer.allocate(1)));
    uses.put("read", () -> ends[0].read(ByteBuffer.allocate(0)));
    uses.put("read from TlsSocket", () -> ends[0].inputStream().read());
    uses.put("write to", () -> ends[0].write(ByteBuffer.allocate(1)));
    uses.put("write", () -> ends[0].write(ByteBuffer.allocate(0)));
    uses.put("write to TlsSocket", () -> ends[0].outputStream().write(1));
    uses.put("look into", ends[0]::available);
    uses.put("shut down", ends[0]::shutdownOutput);
    uses.forEach(
        (operation, use) ->
            assertThat(thrownBy(use))
                .isInstanceOf(SocketClosedException.class)
                .hasMessageContaining(operation)
                .hasMessageContaining("closed"));
    TlsSocket early = pair(AS_IS)[0];
    early.close();
    assertThat(thrownBy(early::handshake)).isInstanceOf(SocketClosedException.class);
    assertThat(thrownBy(early.inputStream()::read)).isInstanceOf(SocketClosedException.class);
    ends[1].close();
  }

  // gevent: test__makefile_ref.py TestSSL
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCloseItsDescriptorWithEitherStream(boolean input) throws Exception {
    TlsSocket[] ends = connectedPair();
    ends[1].shutdownOutput();
    assertThat(ends[0].inputStream().read()).isEqualTo(-1);
    assertThat(ends[0].isOpen()).as("after its end").isTrue();
    int fd = ends[0].socket().fileno();
    String file = SocketTest.file(fd);
    (input ? ends[0].inputStream() : ends[0].outputStream()).close();
    assertThat(ends[0].isOpen()).isFalse();
    assertThat(SocketTest.file(fd)).isNotEqualTo(file);
    assertThat(ends[1].inputStream().read()).as("it was told").isEqualTo(-1);
    assertThat(ends[1].engine().isInboundDone()).isTrue();
    ends[1].close();
  }

  @Test
  void shouldGoOnReadingAfterItsOutputIsShut() throws Exception {
    TlsSocket[] ends = pair(only("TLSv1.3"));
    Greenlet<byte[]> server = Gevent.spawn(() -> ends[1].inputStream().readAllBytes());
    ends[0].write("question".getBytes(), 0, 8);
    ends[0].shutdownOutput();
    assertThat(server.get()).isEqualTo("question".getBytes());
    ends[1].write("answer".getBytes(), 0, 6);
    assertThat(ends[0].inputStream().readNBytes(6)).isEqualTo("answer".getBytes());
    assertThatThrownBy(() -> ends[0].outputStream().write(1))
        .isInstanceOf(SocketClosedException.class);
    ends[0].close();
    ends[1].close();
  }

  @Test
  void shouldWantTheCertificateToBeTheHosts() throws Exception {
    UnixSocket[] sockets = UnixSocket.pair();
    TlsSocket server = TlsSocket.server(Certificates.both(), sockets[1]);
    Greenlet<Throwable> serving = Gevent.spawn(() -> thrownBy(server::handshake));
    TlsSocket client = TlsSocket.client(Certificates.trust(), sockets[0], "example.org", 1);
    assertThatThrownBy(client::handshake)
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("example.org");
    assertThat(serving.get()).isInstanceOf(SSLException.class);
    assertThat(client.isOpen() || server.isOpen()).isFalse();
  }
}
