package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.binding.Native;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams within the machine. */
class UnixDatagramTest extends SocketTest {
  private static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private UnixDatagramSocket bound() throws IOException {
    UnixDatagramSocket socket = keep(UnixDatagramSocket.bind(path()));
    socket.setTimeout(LONGER);
    return socket;
  }

  private UnixDatagramSocket[] two() throws IOException {
    UnixDatagramSocket[] pair = UnixDatagramSocket.pair();
    for (UnixDatagramSocket each : pair) {
      keep(each).setTimeout(LONGER);
    }
    return pair;
  }

  /** Sends until the receiver has no room. Returns how many that were. */
  private static int fill(UnixDatagramSocket from, SocketAddress to) throws IOException {
    Duration before = from.timeout();
    from.setTimeout(Duration.ZERO);
    for (int sent = 0; ; sent++) {
      try {
        from.send(text("" + sent), to);
      } catch (SocketTimeoutException full) {
        assertThat(full).hasMessageContaining("send to " + to).hasMessageContaining("by Unix");
        from.setTimeout(before);
        return sent;
      }
    }
  }

  // ---- sending and receiving ----

  @Test
  void shouldSayWhoSentADatagram() throws Exception {
    UnixDatagramSocket one = bound();
    UnixDatagramSocket two = bound();
    UnixDatagramSocket receiver = bound();
    Greenlet<String> first = Gevent.spawn(() -> hear(receiver, one.localAddress()));
    turns();
    one.send(text("one"), receiver.localAddress());
    assertThat(first.get()).isEqualTo("one");
    for (int i = 0; i < 3; i++) {
      for (UnixDatagramSocket sender : List.of(one, two, two)) {
        sender.send(text("again"), receiver.localAddress());
        assertThat(hear(receiver, sender.localAddress())).isEqualTo("again");
      }
    }
    keep(UnixDatagramSocket.open()).send(text("who?"), receiver.localAddress());
    assertThat(hear(receiver, UNNAMED)).isEqualTo("who?");
    assertThat(receiver.tryReceive(ByteBuffer.allocate(1))).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCarryLargeOnesAndEmptyOnesWhole(boolean direct) throws Exception {
    UnixDatagramSocket[] pair = two();
    pair[0].setOption(StandardSocketOptions.SO_SNDBUF, 1 << 18);
    for (int size : new int[] {150_000, 0, 1, 65_280, 65_281}) {
      byte[] bytes = bytes(size, 3);
      ByteBuffer from = direct ? direct(bytes) : ByteBuffer.wrap(bytes);
      assertThat(pair[0].send(from)).isEqualTo(size);
      assertThat(from.hasRemaining()).isFalse();
      ByteBuffer to = direct ? ByteBuffer.allocateDirect(200_000) : ByteBuffer.allocate(200_000);
      assertThat(pair[1].receive(to)).isEqualTo(UNNAMED);
      byte[] received = new byte[to.flip().remaining()];
      to.get(received);
      assertThat(received).isEqualTo(bytes);
    }
  }

  @Test
  void shouldSayHowMuchOfADatagramDidNotFit() throws Exception {
    UnixDatagramSocket[] pair = two();
    pair[0].send(text("datagram"));
    assertThat(pair[1].receive(ByteBuffer.allocate(4))).isEqualTo(UNNAMED);
    assertThat(pair[1].lost()).isEqualTo(4);
  }

  @Test
  void shouldSendToItsPeerWhenItIsConnected() throws Exception {
    UnixDatagramSocket one = bound();
    UnixDatagramSocket other = bound();
    assertThat(one.remoteAddress()).isNull();
    one.connect(other.localAddress());
    assertThat(one.remoteAddress()).isEqualTo(other.localAddress());
    one.send(text("connected"));
    assertThat(hear(other, one.localAddress())).isEqualTo("connected");
    one.disconnect();
    assertThat(one.remoteAddress()).isNull();
    assertThatThrownBy(() -> one.send(text("to nobody")))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("send by UnixDatagramSocket");
  }

  // ---- waiting ----

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldWaitUntilTheReceiverHasRoom(Kind kind) throws Exception {
    UnixDatagramSocket sender = bound();
    UnixDatagramSocket receiver = bound();
    SocketAddress to = receiver.localAddress();
    int many = fill(sender, to);
    try (Others others = new Others()) {
      others.startWaiting(kind, () -> sender.send(text("last"), to));
      for (int i = 0; i < many; i++) {
        assertThat(hear(receiver, sender.localAddress())).isEqualTo("" + i);
      }
      assertThat(hear(receiver, sender.localAddress())).isEqualTo("last");
    }
  }

  @Test
  void shouldStopWaitingWhenTheTimeIsUp() throws Exception {
    UnixDatagramSocket sender = bound();
    UnixDatagramSocket receiver = bound();
    fill(sender, receiver.localAddress());
    assertThatThrownBy(() -> sender.send(text("late"), receiver.localAddress(), SHORT))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("send to " + receiver.localAddress());
    sender.connect(receiver.localAddress());
    assertThatThrownBy(() -> sender.send(text("late"), SHORT))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("send by");
    sender.disconnect();
    assertThatThrownBy(() -> sender.send(text("x"), Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    sender.setTimeout(Duration.ofMillis(5));
    assertThatThrownBy(() -> sender.send(text("late"), receiver.localAddress()))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("send to " + receiver.localAddress());
    assertThatThrownBy(() -> sender.receive(ByteBuffer.allocate(1)))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("receive by");
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldWakeWhoeverWaitsWhenItIsClosed(Kind kind) throws Exception {
    UnixDatagramSocket socket = bound();
    UnixDatagramSocket full = bound();
    fill(socket, full.localAddress());
    try (Others others = new Others()) {
      others.startWaiting(kind, () -> assertClosed(() -> hear(socket)));
      others.startWaiting(
          kind, () -> assertClosed(() -> socket.send(text("x"), full.localAddress())));
      socket.close();
    }
  }

  private static void assertClosed(Body wait) {
    assertThat(thrownBy(wait))
        .isInstanceOf(SocketClosedException.class)
        .hasMessageContaining("closed");
  }

  // ---- what can't be ----

  @Test
  void shouldSayThatNobodyIsThere() throws Exception {
    UnixDatagramSocket sender = bound();
    UnixDomainSocketAddress nowhere = path();
    assertThatThrownBy(() -> sender.send(text("x"), nowhere))
        .isInstanceOf(SocketException.class)
        .hasMessageStartingWith("cannot send to " + nowhere + " by UnixDatagramSocket[fd=")
        .hasMessageEndingWith("No such file or directory");
    UnixDatagramSocket gone = bound();
    SocketAddress left = gone.localAddress();
    gone.close();
    assertThatThrownBy(() -> sender.send(text("x"), left))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("" + left)
        .hasMessageContaining("refused");
    assertThatThrownBy(() -> sender.connect(nowhere))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("connect to " + nowhere);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws Exception {
    UnixDatagramSocket socket = bound();
    UnixDomainSocketAddress taken = (UnixDomainSocketAddress) socket.localAddress();
    SocketAddress internet = new InetSocketAddress("127.0.0.1", 9);
    assertThatThrownBy(() -> UnixDatagramSocket.bind(taken))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("bind " + taken);
    for (Body wrong :
        new Body[] {
          () -> socket.send(text("x"), internet),
          () -> socket.connect(internet),
          () -> socket.send(text("x"), UNNAMED),
          () -> socket.send(text("x"), UnixDomainSocketAddress.of("/" + "x".repeat(108))),
          () -> socket.receive(ByteBuffer.allocate(1).asReadOnlyBuffer()),
          () -> socket.receive(ByteBuffer.allocate(1), Duration.ofMillis(-1)),
        }) {
      assertThat(thrownBy(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> socket.send(text("x"), (SocketAddress) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_TOS, 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldTakeOverDescriptorsOfItsKindOnly() throws Exception {
    int[] fds = new int[2];
    Native.gv_socket_pair(Native.GV_DATAGRAM, fds);
    UnixDatagramSocket one = keep(UnixDatagramSocket.of(fds[0]));
    UnixDatagramSocket other = keep(UnixDatagramSocket.of(fds[1]));
    one.send(text("taken"));
    assertThat(hear(other, UNNAMED)).isEqualTo("taken");
    for (int[] kind :
        new int[][] {{Native.GV_UNIX, Native.GV_STREAM}, {Native.GV_INET, Native.GV_DATAGRAM}}) {
      assertThatThrownBy(() -> UnixDatagramSocket.of(Native.gv_socket_open(kind[0], kind[1])))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("it is not a unix datagram socket");
    }
  }
}
