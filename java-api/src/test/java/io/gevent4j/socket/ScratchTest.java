package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Memory that native calls read and write: the hub's, and the callers'. */
class ScratchTest extends HubTest {
  /** What is dropped says this as soon as that is noticed. */
  private static WeakReference<RawGreenlet> startAndDrop(UnixSocket socket, String text) {
    RawGreenlet greenlet =
        new RawGreenlet(
            ignored -> {
              try {
                return RawGreenlet.getCurrent().getParent().switchTo();
              } finally {
                write(socket, text);
              }
            });
    greenlet.switchTo();
    return new WeakReference<>(greenlet);
  }

  private static void write(UnixSocket socket, String text) {
    try {
      socket.write(text.getBytes(), 0, text.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(UnixSocket socket) throws IOException {
    byte[] bytes = new byte[100];
    return new String(bytes, 0, socket.read(bytes, 0, bytes.length));
  }

  @Test
  void shouldSendWhatWasGivenAlsoWhenSomebodyEndsJustThen() throws Exception {
    Hub.get();
    UnixSocket[] ours = UnixSocket.pair();
    UnixSocket[] others = UnixSocket.pair();
    others[1].setTimeout(Duration.ZERO);
    for (int i = 0; i < 10; i++) {
      WeakReference<RawGreenlet> dropped = startAndDrop(others[0], "bye");
      while (dropped.get() != null) {
        System.gc();
      }
      String heard = null;
      while (heard == null) { // its end is due as soon as a daemon thread says so
        write(ours[0], "hello");
        assertThat(read(ours[1])).isEqualTo("hello");
        heard = readIfAny(others[1]);
      }
      assertThat(heard).isEqualTo("bye");
    }
  }

  /** Who accepts has waited, while the other one was dropped; his peer is told apart from that. */
  @Test
  void shouldNameItsPeerAlsoWhenSomebodyEndsJustThen() throws Exception {
    UnixSocket[] others = UnixSocket.pair();
    others[1].setTimeout(Duration.ZERO);
    String nothing = "\0".repeat(40);
    try (ServerSocket listener = new GreenletServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 5; i++) {
        Greenlet<SocketAddress> accepting =
            Gevent.spawn(
                () -> {
                  try (Socket socket = listener.accept()) {
                    return socket.getRemoteSocketAddress();
                  }
                });
        turns();
        WeakReference<RawGreenlet> dropped = startAndDrop(others[0], nothing);
        CompletableFuture<SocketAddress> client =
            CompletableFuture.supplyAsync(() -> connectOnceGone(dropped, listener));
        assertThat(accepting.get(LONG)).isEqualTo(client.get());
        while (readIfAny(others[1]) == null) {
          turn();
        }
      }
    }
  }

  /** Outside of the hub, whose greenlets would end the one that was dropped. */
  private static SocketAddress connectOnceGone(
      WeakReference<RawGreenlet> dropped, ServerSocket listener) {
    try {
      while (dropped.get() != null) {
        System.gc();
      }
      Thread.sleep(20); // it is probably told of by then
      try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
        return socket.getLocalSocketAddress();
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String readIfAny(UnixSocket socket) throws IOException {
    try {
      return read(socket);
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  @Test
  void shouldBeShutDownAndClosedAfterItsHub() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    write(pair[0], "here"); // at home from now on
    Hub.get().close();
    assertThatCode(pair[0]::shutdownOutput).doesNotThrowAnyException();
    pair[0].setRef(false);
    pair[0].close();
    pair[1].close();
  }

  @Test
  void shouldRefuseABufferWhoseMemoryIsGone() throws Exception {
    assumeTrue(Runtime.version().feature() >= 22, "this JDK has no arenas");
    Class<?> type = Class.forName("java.lang.foreign.Arena");
    AutoCloseable arena = (AutoCloseable) type.getMethod("ofConfined").invoke(null);
    Object segment = type.getMethod("allocate", long.class).invoke(arena, 100L);
    ByteBuffer buffer =
        (ByteBuffer)
            Class.forName("java.lang.foreign.MemorySegment")
                .getMethod("asByteBuffer")
                .invoke(segment);
    UnixSocket[] pair = UnixSocket.pair();
    write(pair[0], "hello");
    assertThat(pair[1].read(buffer)).isEqualTo(5);
    arena.close();
    write(pair[0], "hello");
    assertThatThrownBy(() -> pair[1].read(buffer.clear()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseToUseAClosedOneAlsoForNoBytes() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    pair[0].close();
    assertThatThrownBy(() -> pair[0].write(ByteBuffer.allocate(0)))
        .isInstanceOf(SocketClosedException.class);
    assertThatThrownBy(() -> pair[0].read(new byte[0], 0, 0))
        .isInstanceOf(SocketClosedException.class);
  }
}
