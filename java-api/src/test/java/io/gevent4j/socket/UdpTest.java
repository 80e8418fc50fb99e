package io.gevent4j.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Allocated;
import io.gevent4j.ConcurrentObjectUseError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.binding.Native;
import io.gevent4j.select.Poll;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams. */
class UdpTest extends SocketTest {
  private static final int LARGEST = 65_507;

  private UdpSocket bound(String address) throws IOException {
    UdpSocket socket = keep(UdpSocket.bind(new InetSocketAddress(address, 0)));
    socket.setTimeout(LONGER);
    return socket;
  }

  private UdpSocket bound() throws IOException {
    return bound("127.0.0.1");
  }

  private static int send(UdpSocket from, String text, SocketAddress to) throws IOException {
    return from.send(text(text), to);
  }

  // ---- sending and receiving ----

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void shouldSayWhoSentADatagram(String address) throws Exception {
    UdpSocket one = bound(address);
    UdpSocket other = bound(address);
    Greenlet<String> receiver = Gevent.spawn(() -> hear(other, one.localAddress()));
    turns();
    assertThat(receiver.ready()).isFalse();
    assertThat(send(one, "hello", other.localAddress())).isEqualTo(5);
    assertThat(receiver.get(LONG)).isEqualTo("hello");
    send(other, "and back", one.localAddress());
    assertThat(hear(one, other.localAddress())).isEqualTo("and back");
  }

  @Test
  void shouldServeIPv4WhereItIsOneOfIPv6() throws Exception {
    UdpSocket four = bound();
    UdpSocket six = keep(UdpSocket.open6());
    six.setTimeout(LONG);
    send(six, "over", four.localAddress());
    ByteBuffer buffer = ByteBuffer.allocate(10);
    SocketAddress sender = four.receive(buffer);
    assertThat(buffer.position()).isEqualTo(4);
    send(four, "under", sender);
    assertThat(hear(six, four.localAddress())).isEqualTo("under");
    assertThatThrownBy(() -> send(four, "no", new InetSocketAddress("::1", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("IPv4");
  }

  @Test
  void shouldKeepTheSendersApart() throws Exception {
    UdpSocket server = bound();
    UdpSocket[] clients = {bound(), bound(), bound()};
    for (int i = 0; i < 30; i++) {
      UdpSocket client = clients[i * 7 % 3];
      send(client, "" + i, server.localAddress());
      assertThat(hear(server, client.localAddress())).isEqualTo("" + i);
      UdpSocket answered = clients[i % 3];
      send(server, "to " + i, answered.localAddress());
      assertThat(hear(answered, server.localAddress())).isEqualTo("to " + i);
    }
  }

  @Test
  void shouldReuseTheAddressOfTheSameSender() throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    send(one, "1", other.localAddress());
    send(one, "2", other.localAddress());
    SocketAddress first = other.receive(ByteBuffer.allocate(1));
    assertThat(other.receive(ByteBuffer.allocate(1))).isSameAs(first);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCarryTheLargestAndTheSmallest(boolean direct) throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    for (int size : new int[] {0, 1, 9000, LARGEST}) {
      byte[] bytes = bytes(size, size);
      one.send(direct ? direct(bytes) : ByteBuffer.wrap(bytes), other.localAddress());
      ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(70_000) : ByteBuffer.allocate(70_000);
      buffer.position(3);
      assertThat(other.receive(buffer)).isEqualTo(one.localAddress());
      assertThat(buffer.flip().position(3)).isEqualTo(ByteBuffer.wrap(bytes));
      assertThat(other.lost()).isZero();
    }
    one.send(ByteBuffer.wrap(bytes(10, 1)).asReadOnlyBuffer(), other.localAddress());
    assertThat(other.receive(ByteBuffer.allocate(10))).isNotNull();
    for (int size : new int[] {LARGEST + 1, 100_000}) {
      ByteBuffer tooMuch = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
      assertThatThrownBy(() -> one.send(tooMuch, other.localAddress()))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("send to")
          .hasMessageContaining("EMSGSIZE");
      assertThat(tooMuch.position()).isZero();
    }
  }

  @Test
  void shouldSayHowMuchOfADatagramDidNotFit() throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    for (boolean direct : List.of(true, false)) {
      ByteBuffer four = direct ? ByteBuffer.allocateDirect(4) : ByteBuffer.allocate(4);
      send(one, "123456", other.localAddress());
      send(one, "1234", other.localAddress());
      other.receive(four);
      assertThat(other.lost()).isEqualTo(2);
      assertThat(four.get(3)).isEqualTo((byte) '4');
      other.receive(four.clear());
      assertThat(other.lost()).isZero();
      send(one, "12", other.localAddress());
      other.receive(four.clear().limit(0));
      assertThat(other.lost()).isEqualTo(2);
    }
  }

  @Test
  void shouldSayWhenADatagramArrived() throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    send(one, "1", other.localAddress());
    hear(other);
    assertThat(other.arrivalNanos()).isZero();
    other.setOption(ExtendedOptions.SO_TIMESTAMPING, true);
    assertThat(other.getOption(ExtendedOptions.SO_TIMESTAMPING)).isTrue();
    long before;
    do { // the system begins to look at the clock a little later
      before = System.currentTimeMillis();
      send(one, "2", other.localAddress());
      hear(other);
    } while (other.arrivalNanos() == 0);
    long after = System.currentTimeMillis();
    assertThat(other.arrivalNanos() / 1_000_000).isBetween(before - 1, after + 1);
    assertThat(other.arrivalNanosAtCard()).as("loopback has no clock").isZero();
    other.setOption(ExtendedOptions.SO_TIMESTAMPING, false);
    send(one, "3", other.localAddress());
    hear(other);
    assertThat(other.arrivalNanos()).isZero();
  }

  // ---- connected ----

  @Test
  void shouldTalkWithItsPeerOnlyWhenItIsConnected() throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    UdpSocket stranger = bound();
    assertThat(one.remoteAddress()).isNull();
    assertThatThrownBy(() -> one.send(ByteBuffer.allocate(1)))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("EDESTADDRREQ");
    one.connect(other.localAddress());
    assertThat(one.remoteAddress()).isEqualTo(other.localAddress());
    assertThat(one.send(ByteBuffer.wrap(new byte[] {'c'}))).isEqualTo(1);
    assertThat(hear(other, one.localAddress())).isEqualTo("c");
    send(stranger, "strange", one.localAddress());
    send(other, "known", one.localAddress());
    assertThat(hear(one, other.localAddress())).isEqualTo("known");
    one.disconnect();
    assertThat(one.remoteAddress()).isNull();
  }

  @Test
  void shouldSayThatNobodyIsThere() throws Exception {
    UdpSocket gone = bound();
    UdpSocket socket = bound();
    socket.connect(gone.localAddress());
    gone.close();
    Greenlet<Throwable> receiver =
        Gevent.spawn(() -> thrownBy(() -> socket.receive(ByteBuffer.allocate(1))));
    turns();
    socket.send(ByteBuffer.allocate(1));
    assertThat(receiver.get(LONG))
        .isInstanceOf(PortUnreachableException.class)
        .hasMessageContaining("receive by")
        .hasMessageContaining("ECONNREFUSED");
    socket.setTimeout(SHORT);
    assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1)))
        .isInstanceOf(SocketTimeoutException.class);
  }

  /** Linux takes back a port that it chose itself. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void shouldKeepItsAddressWhenItIsDisconnected(String address) throws Exception {
    UdpSocket socket = bound(address);
    SocketAddress local = socket.localAddress();
    String loopback = address.contains(":") ? "::1" : "127.0.0.1";
    UdpSocket stranger = bound(loopback);
    UdpSocket peer = bound(loopback);
    for (int i = 0; i < 3; i++) {
      socket.connect(peer.localAddress());
      socket.disconnect();
      assertThat(socket.localAddress()).isEqualTo(local);
      send(stranger, "all", new InetSocketAddress(loopback, port(local)));
      assertThat(hear(socket, stranger.localAddress())).isEqualTo("all");
    }
  }

  @Test
  void shouldKeepThePortThatItGotByConnectingWhenItIsDisconnected() throws Exception {
    UdpSocket peer = bound();
    for (UdpSocket socket : List.of(keep(UdpSocket.open()), keep(UdpSocket.open6()))) {
      socket.connect(peer.localAddress());
      int port = port(socket.localAddress());
      socket.disconnect();
      assertThat(port(socket.localAddress())).isEqualTo(port).isPositive();
      socket.setTimeout(LONG);
      send(peer, "all", new InetSocketAddress("127.0.0.1", port));
      assertThat(hear(socket)).isEqualTo("all");
      keep(UdpSocket.open6()).disconnect();
    }
  }

  private static int port(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  @Test
  void shouldTellWhoSendsThatNobodyIsThere() throws Exception {
    UdpSocket gone = bound();
    SocketAddress nowhere = gone.localAddress();
    UdpSocket socket = bound();
    SocketAddress local = socket.localAddress();
    socket.connect(nowhere);
    gone.close();
    sendToNobody(socket);
    ByteBuffer unsent = ByteBuffer.allocate(3);
    assertThatThrownBy(() -> socket.send(unsent))
        .isInstanceOf(PortUnreachableException.class)
        .hasMessageContaining("send by")
        .hasMessageContaining(local + " to " + nowhere)
        .hasMessageContaining("ECONNREFUSED");
    assertThat(unsent.position()).isZero();
    sendToNobody(socket);
    socket.disconnect();
    UdpSocket other = bound();
    send(socket, "this one is there", other.localAddress());
    assertThat(hear(other, local)).isEqualTo("this one is there");
  }

  /** And waits for the answer. */
  private static void sendToNobody(UdpSocket socket) throws IOException {
    assertThat(socket.send(ByteBuffer.allocate(1))).isOne();
    Poll poll = new Poll();
    poll.register(socket, Poll.POLLIN);
    assertThat(poll.poll()).hasSize(1);
  }

  // ---- descriptors of others ----

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void shouldTakeOverDescriptors(String address) throws Exception {
    int family = address.equals("::1") ? Native.GV_INET6 : Native.GV_INET;
    int fd = Native.gv_socket_open(family, Native.GV_DATAGRAM);
    UdpSocket socket = keep(UdpSocket.of(fd));
    assertThat(socket.fileno()).isEqualTo(fd);
    UdpSocket peer = bound(address);
    send(socket, "taken", peer.localAddress());
    assertThat(hear(peer)).isEqualTo("taken");
  }

  @Test
  void shouldTakeOverNothingElse() {
    int tcp = Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM);
    String connection = file(tcp);
    assertThatThrownBy(() -> UdpSocket.of(tcp))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("descriptor " + tcp + ": it is not a UDP socket");
    assertThat(file(tcp)).as("it was closed").isNotEqualTo(connection);
    int[] fds = new int[2];
    assertThat(Native.gv_socket_pair(Native.GV_DATAGRAM, fds)).isZero();
    String file = file(fds[0]);
    assertThatThrownBy(() -> UdpSocket.of(fds[0]))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("descriptor " + fds[0]);
    assertThat(file(fds[0])).as("it was closed").isNotEqualTo(file);
    Native.gv_file_close(fds[1]);
    assertThatThrownBy(() -> UdpSocket.of(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("EBADF");
  }

  // ---- gevent's rules ----

  @Test
  void shouldStopWaitingWhenTheTimeIsUp() throws Exception {
    UdpSocket socket = bound();
    for (Body late :
        new Body[] {
          () -> socket.receive(ByteBuffer.allocate(1), SHORT),
          () -> socket.receive(ByteBuffer.allocateDirect(1), Duration.ZERO),
        }) {
      assertThat(thrownBy(late))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("receive by");
    }
    assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1), Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    Greenlet<String> killed = Gevent.spawn(() -> hear(socket));
    turns();
    killed.kill();
    send(socket, "self", socket.localAddress());
    assertThat(hear(socket)).isEqualTo("self");
  }

  @Test
  void shouldReceiveOnlyWhatIsThereWhenItTries() throws Exception {
    UdpSocket socket = bound();
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9))) {
      assertThat(socket.tryReceive(buffer)).isNull();
      assertThat(buffer.position()).isZero();
      send(socket, "self", socket.localAddress());
      assertThat(socket.tryReceive(buffer)).isEqualTo(socket.localAddress());
      assertThat(UTF_8.decode(buffer.flip()).toString()).isEqualTo("self");
    }
    socket.close();
    assertThatThrownBy(() -> socket.tryReceive(ByteBuffer.allocate(1)))
        .isInstanceOf(SocketClosedException.class);
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldWakeWhoeverReceivesWhenItIsClosed(Kind waiter) throws Exception {
    for (Kind closer : WAITING) {
      UdpSocket socket = bound();
      int fd = socket.fileno();
      String file = file(fd);
      try (Others others = new Others()) {
        others.startWaiting(
            waiter,
            () ->
                assertThat(thrownBy(() -> hear(socket))).isInstanceOf(SocketClosedException.class));
        others.start(closer, socket::close);
      }
      awaitClosed(fd, file);
      assertThat(thrownBy(() -> socket.send(ByteBuffer.allocate(1))))
          .isInstanceOf(SocketClosedException.class);
      assertThat(thrownBy(socket::remoteAddress)).isInstanceOf(SocketClosedException.class);
    }
  }

  @Test
  void shouldRefuseASecondReceiver() throws Exception {
    UdpSocket socket = bound();
    Greenlet<String> receiver = Gevent.spawn(() -> hear(socket));
    turns();
    assertThatThrownBy(() -> hear(socket)).isInstanceOf(ConcurrentObjectUseError.class);
    send(socket, "x", socket.localAddress());
    assertThat(receiver.get()).isEqualTo("x");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws Exception {
    UdpSocket socket = bound();
    ByteBuffer buffer = ByteBuffer.allocate(1);
    assertThatThrownBy(() -> socket.receive(buffer.asReadOnlyBuffer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("read-only");
    assertThatThrownBy(() -> socket.send(buffer, InetSocketAddress.createUnresolved("x", 1)))
        .isInstanceOf(UnresolvedAddressException.class);
    assertThatThrownBy(() -> socket.send(buffer, path()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.send(buffer, (SocketAddress) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> socket.connect(path())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UdpSocket.bind((InetSocketAddress) socket.localAddress()))
        .isInstanceOf(BindException.class);
    assertThatThrownBy(() -> UdpSocket.bind(65536)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.join(InetAddress.getByName("127.0.0.1"), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a group");
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldReadOptionsThatWereSet() throws Exception {
    for (UdpSocket socket : List.of(bound(), keep(UdpSocket.open6()))) {
      socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 7);
      assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL)).isEqualTo(7);
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
      assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_LOOP)).isFalse();
      socket.setOption(StandardSocketOptions.SO_BROADCAST, true);
      assertThat(socket.getOption(StandardSocketOptions.SO_BROADCAST)).isTrue();
    }
  }

  // ---- groups ----

  private static NetworkInterface loopback() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"));
  }

  /** Several may share a port of a group; all get what is sent to it. */
  @Test
  void shouldReceiveWhatIsSentToAGroupForAsLongAsItIsIn() throws Exception {
    InetAddress group = InetAddress.getByName("239.7.7.7");
    UdpSocket one = keep(UdpSocket.bind(new InetSocketAddress(group, 0), true));
    SocketAddress address = one.localAddress();
    UdpSocket other = keep(UdpSocket.bind((InetSocketAddress) address, true));
    one.join(group, loopback());
    other.join(group, loopback());
    UdpSocket sender = bound();
    sender.setGroupInterface(loopback());
    send(sender, "all", address);
    for (UdpSocket member : List.of(one, other)) {
      member.setTimeout(LONG);
      assertThat(hear(member, sender.localAddress())).isEqualTo("all");
    }
    one.connect(sender.localAddress());
    one.disconnect();
    send(sender, "still", address);
    for (UdpSocket member : List.of(one, other)) {
      assertThat(hear(member, sender.localAddress())).isEqualTo("still");
    }
    one.leave(group, loopback());
    send(sender, "rest", address);
    assertThat(hear(other)).isEqualTo("rest");
    assertThatThrownBy(() -> one.leave(group, loopback()))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("leave")
        .hasMessageContaining("239.7.7.7");
  }

  @Test
  void shouldReceiveFromOneSourceOnlyWhereItIsTold() throws Exception {
    InetAddress group = InetAddress.getByName("232.7.7.8");
    InetAddress source = InetAddress.getByName("127.0.0.1");
    UdpSocket member = keep(UdpSocket.bind(new InetSocketAddress(group, 0), true));
    member.setTimeout(LONG);
    member.join(group, loopback(), source);
    UdpSocket wrong = bound("127.0.0.2");
    UdpSocket right = bound("127.0.0.1");
    for (UdpSocket each : List.of(wrong, right)) {
      each.setGroupInterface(loopback());
      send(each, "from " + (each == right), member.localAddress());
    }
    assertThat(hear(member, right.localAddress())).isEqualTo("from true");
    member.leave(group, loopback(), source);
    send(right, "late", member.localAddress());
    assertThatThrownBy(() -> member.receive(ByteBuffer.allocate(9), SHORT))
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> member.join(group, loopback(), InetAddress.getByName("::1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldJoinGroupsOfIPv6() throws Exception {
    NetworkInterface by = null;
    for (NetworkInterface each :
        java.util.Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (each.isUp()
          && each.supportsMulticast()
          && each.inetAddresses().anyMatch(InetAddress::isLinkLocalAddress)) {
        by = each;
      }
    }
    assumeTrue(by != null, "no interface has groups of IPv6");
    InetAddress group = InetAddress.getByName("ff02::7:7:7");
    UdpSocket member = keep(UdpSocket.open6());
    member.setTimeout(LONG);
    UdpSocket bound = keep(UdpSocket.bind(new InetSocketAddress("::", 0), true));
    bound.setTimeout(LONG);
    bound.join(group, by);
    member.setGroupInterface(by);
    int port = ((InetSocketAddress) bound.localAddress()).getPort();
    send(member, "six", new InetSocketAddress(group, port));
    assertThat(hear(bound)).isEqualTo("six");
    bound.leave(group, by);
  }

  // ---- cost ----

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldAllocateNothing(boolean direct) throws Exception {
    UdpSocket one = bound();
    UdpSocket other = bound();
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
    SocketAddress to = other.localAddress();
    other.connect(one.localAddress());
    Allocated.Round round =
        () -> {
          one.send(buffer.clear(), to);
          other.receive(buffer.clear());
          other.send(buffer.flip());
          one.receive(buffer.clear());
        };
    assertThat(Allocated.by(10_000, round)).isLessThan(10_000);
  }
}
