package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.OpenSockets;
import io.gevent4j.Timeout;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listening, connecting and the addresses of both. */
class ConnectTest extends SocketTest {
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

  private static int freePort() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(LOCAL, 0))) {
      return listener.port();
    }
  }

  @Test
  void shouldConnectToOneWhoListens() throws Exception {
    TcpListener listener = listen();
    Greenlet<TcpSocket> accepting = Gevent.spawn(() -> keep(listener.accept()));
    TcpSocket client = keep(TcpSocket.connect("127.0.0.1", listener.port(), LONG));
    TcpSocket accepted = accepting.get(LONG);
    assertTalk(client, accepted);
    assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
    assertThat(accepted.remoteAddress()).isEqualTo(client.localAddress());
    assertThat(accepted.getOption(java.net.StandardSocketOptions.TCP_NODELAY)).isTrue();
    assertThat(client.getOption(java.net.StandardSocketOptions.TCP_NODELAY)).isTrue();
    assertThat(client.toString()).contains("127.0.0.1:" + listener.port());
  }

  /** {@code localhost} may be ::1 first, where nobody listens. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void shouldTryAllAddressesOfAHost(String address) throws Exception {
    TcpListener listener = listen(InetAddress.getByName(address));
    for (String host : List.of("localhost", "ip6-localhost", address)) {
      if (!host.equals("ip6-localhost") || List.of(addresses(host)).contains(LOCAL)) {
        try (TcpSocket socket = TcpSocket.connect(host, listener.port(), LONG)) {
          assertThat(socket.remoteAddress()).isEqualTo(listener.localAddress());
        } catch (ConnectException e) {
          assertThat(List.of(addresses(host))).doesNotContain(InetAddress.getByName(address));
        }
      }
    }
  }

  private static InetAddress[] addresses(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      return new InetAddress[0];
    }
  }

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    int port = freePort();
    SocketAddress address = new InetSocketAddress(LOCAL, port);
    assertThatThrownBy(() -> TcpSocket.connect(address))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("connect to")
        .hasMessageContaining(":" + port)
        .hasMessageContaining("ECONNREFUSED");
    assertThatThrownBy(() -> TcpSocket.connect("localhost", port))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(
            () -> TcpSocket.connect("127.0.0.1", port, LONG, new InetSocketAddress("127.0.0.2", 0)))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> UnixSocket.connect(path()))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("ENOENT");
    UnixDomainSocketAddress abandoned = path();
    UnixListener.bind(abandoned).close();
    assertThatThrownBy(() -> UnixSocket.connect(abandoned))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("ECONNREFUSED");
  }

  @Test
  void shouldRefuseWhatIsNoAddress() throws Exception {
    TcpListener listener = listen();
    for (int port : new int[] {-1, 65536, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> TcpSocket.connect("localhost", port))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> TcpListener.bind(port)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> TcpSocket.connect("no such host.invalid", listener.port()))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no such host.invalid");
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("localhost", 1);
    assertThatThrownBy(() -> TcpSocket.connect(unresolved))
        .isInstanceOf(UnresolvedAddressException.class);
    assertThatThrownBy(() -> TcpListener.bind(unresolved))
        .isInstanceOf(UnresolvedAddressException.class);
    assertThatThrownBy(() -> TcpSocket.connect(path()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("internet");
    assertThatThrownBy(() -> TcpListener.bind(new InetSocketAddress(LOCAL, 0), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backlog");
    assertThatThrownBy(() -> TcpListener.bind((InetSocketAddress) null))
        .isInstanceOfAny(NullPointerException.class, IllegalArgumentException.class);
    assertThatThrownBy(() -> TcpSocket.connect((SocketAddress) null))
        .isInstanceOfAny(NullPointerException.class, IllegalArgumentException.class);
  }

  @Test
  void shouldSayWhyItCannotListen() throws Exception {
    TcpListener listener = listen();
    InetSocketAddress taken = (InetSocketAddress) listener.localAddress();
    assertThatThrownBy(() -> TcpListener.bind(taken))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("EADDRINUSE")
        .hasMessageContaining(":" + listener.port());
    assertThatThrownBy(
            () -> TcpListener.bind(new InetSocketAddress(InetAddress.getByName("192.0.2.77"), 0)))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("EADDRNOTAVAIL");
    UnixDomainSocketAddress path = path();
    keep(UnixListener.bind(path));
    assertThatThrownBy(() -> UnixListener.bind(path))
        .isInstanceOf(BindException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void shouldListenAgainWhereConnectionsAreStillClosing() throws Exception {
    TcpListener listener = listen();
    TcpSocket client = connect(listener);
    TcpSocket accepted = keep(listener.accept());
    accepted.close();
    assertThat(hear(client)).isEqualTo(-1);
    client.close();
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    listener.close();
    keep(TcpListener.bind(address));
  }

  @Test
  void shouldShareAPortWithOthersWhoDo() throws Exception {
    TcpListener one = keep(TcpListener.bind(new InetSocketAddress(LOCAL, 0), 8, true));
    InetSocketAddress address = (InetSocketAddress) one.localAddress();
    TcpListener other = keep(TcpListener.bind(address, 8, true));
    assertThat(other.port()).isEqualTo(one.port());
    assertThatThrownBy(() -> TcpListener.bind(address, 8, false)).isInstanceOf(BindException.class);
  }

  @Test
  void shouldAcceptInTheOrderOfArrivalAndSayWhenNobodyIsThere() throws Exception {
    TcpListener listener = listen();
    assertThat(listener.tryAccept()).isNull();
    List<SocketAddress> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(connect(listener).localAddress());
    }
    for (SocketAddress client : clients) {
      assertThat(keep(listener.tryAccept()).remoteAddress()).isEqualTo(client);
    }
    assertThat(listener.tryAccept()).isNull();
  }

  @Test
  void shouldConnectFromTheAddressThatItIsTold() throws Exception {
    TcpListener listener = listen();
    int port = freePort();
    InetSocketAddress source = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), port);
    keep(TcpSocket.connect(listener.localAddress(), LONG, source));
    assertThat(keep(listener.accept()).remoteAddress()).isEqualTo(source);
    keep(TcpSocket.connect(listener.localAddress(), LONG, new InetSocketAddress(0)));
    assertThatThrownBy(
            () ->
                TcpSocket.connect(
                    listener.localAddress(), LONG, new InetSocketAddress("192.0.2.77", 0)))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("192.0.2.77");
    for (Body use :
        new Body[] {
          () -> TcpSocket.connect(listener.localAddress(), LONG, new InetSocketAddress("::1", 0)),
          () -> TcpSocket.connect("127.0.0.1", port, LONG, new InetSocketAddress("::1", 0)),
        }) {
      assertThat(thrownBy(use))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("0:0:0:0:0:0:0:1");
    }
    TcpListener six = listen(InetAddress.getByName("::1"));
    keep(TcpSocket.connect(six.localAddress(), LONG, new InetSocketAddress("::1", 0)));
  }

  /** A link-local address means something on one interface only. */
  @Test
  void shouldKeepTheScopeOfAnAddress() throws Exception {
    int addresses = 0;
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(each.getInetAddresses())) {
        if (address instanceof Inet6Address && address.isLinkLocalAddress() && each.isUp()) {
          TcpListener listener = listen(address);
          TcpSocket client = connect(listener);
          TcpSocket accepted = keep(listener.accept());
          assertTalk(client, accepted);
          Inet6Address peer =
              (Inet6Address) ((InetSocketAddress) accepted.remoteAddress()).getAddress();
          assertThat(peer.getScopeId()).isEqualTo(((Inet6Address) address).getScopeId());
          assertThat(peer.getScopeId()).isNotZero();
          addresses++;
        }
      }
    }
    assumeTrue(addresses > 0, "no interface has a link-local address");
  }

  @Test
  void shouldTakeClientsByBothProtocolsWhereAnyAddressIsTold() throws Exception {
    TcpListener listener = listen(InetAddress.getByName("::"));
    for (String address : List.of("127.0.0.1", "::1")) {
      TcpSocket client = keep(TcpSocket.connect(address, listener.port(), LONG));
      assertThat(keep(listener.accept()).remoteAddress()).isEqualTo(client.localAddress());
    }
    TcpListener any = keep(TcpListener.bind(0));
    assertThat(any.address().isAnyLocalAddress()).isTrue();
    keep(TcpSocket.connect("127.0.0.1", any.port(), LONG));
    keep(TcpSocket.connect("::1", any.port(), LONG));
  }

  /** Fills it. What the last one who tries is told: nobody answers while there is no room. */
  private Throwable fill(TcpListener listener) {
    Throwable late = null;
    for (int i = 0; i < 10 && late == null; i++) {
      late =
          thrownBy(
              () -> keep(TcpSocket.connect(listener.localAddress(), SHORT.multipliedBy(5), null)));
    }
    return late;
  }

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    TcpListener listener = keep(TcpListener.bind(new InetSocketAddress(LOCAL, 0), 1));
    assertThat(fill(listener))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("connect to")
        .hasMessageContaining(":" + listener.port());
    assertThatThrownBy(() -> TcpSocket.connect("localhost", listener.port(), SHORT))
        .isInstanceOf(SocketTimeoutException.class);
    Greenlet<TcpSocket> waiting =
        Gevent.spawn(() -> keep(TcpSocket.connect(listener.localAddress())));
    turns();
    assertThat(waiting.ready()).isFalse();
    waiting.kill();
  }

  // gevent: test__socket.py test_base_exception
  @Test
  void shouldCloseWhatAKilledOrLateGreenletIsConnecting() throws Exception {
    TcpListener full = keep(TcpListener.bind(new InetSocketAddress(LOCAL, 0), 1));
    assertThat(fill(full)).isInstanceOf(SocketTimeoutException.class);
    OpenSockets sockets = new OpenSockets();
    Greenlet<TcpSocket> killed = Gevent.spawn(() -> TcpSocket.connect("127.0.0.1", full.port()));
    turns();
    assertThat(sockets.opened()).as("it is connecting").hasSize(1);
    killed.kill();
    assertThat(sockets.opened()).isEmpty();
    try (Timeout late = Timeout.startNew(SHORT)) {
      assertThat(thrownBy(() -> TcpSocket.connect(full.localAddress()))).isSameAs(late);
    }
    assertThat(sockets.opened()).isEmpty();
  }

  // gevent: test__socket.py test_connect_ex_nonblocking_bad_connection
  @Test
  void shouldNotWaitForAConnectionWithATimeoutOfZero() throws Exception {
    TcpListener full = keep(TcpListener.bind(new InetSocketAddress(LOCAL, 0), 1));
    fill(full);
    OpenSockets sockets = new OpenSockets();
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertThatThrownBy(() -> TcpSocket.connect(full.localAddress(), Duration.ZERO, null))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(other.ready()).as("others have run").isFalse();
    assertThat(sockets.opened()).isEmpty();
    other.get();
  }

  @Test
  void shouldWaitUntilAUnixListenerHasRoom() throws Exception {
    UnixDomainSocketAddress path = path();
    UnixListener listener = keep(UnixListener.bind(path, 1));
    Throwable late = null;
    int connected = -1;
    for (; late == null; connected++) {
      late = thrownBy(() -> keep(UnixSocket.connect(path, SHORT)));
    }
    assertThat(late)
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining(path.toString());
    Greenlet<UnixSocket> waiting = Gevent.spawn(() -> keep(UnixSocket.connect(path)));
    Gevent.sleep(SHORT);
    assertThat(waiting.ready()).isFalse();
    keep(listener.accept());
    UnixSocket socket = waiting.get(LONG);
    for (int i = 1; i < connected; i++) {
      keep(listener.accept());
    }
    assertTalk(socket, keep(listener.accept(LONG)));
  }

  @Test
  void shouldRefuseUnixPathsThatCannotBe() throws Exception {
    UnixDomainSocketAddress none = UnixDomainSocketAddress.of("");
    UnixDomainSocketAddress longest = UnixDomainSocketAddress.of("/tmp/" + "x".repeat(200));
    for (UnixDomainSocketAddress address : List.of(none, longest)) {
      assertThatThrownBy(() -> UnixListener.bind(address))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unix socket");
      assertThatThrownBy(() -> UnixSocket.connect(address))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldNameUnixEndsThatHaveNoPath() throws Exception {
    StreamSocket[] pair = pair(Link.PAIR);
    assertThat(pair[0].localAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
    assertThat(pair[0].remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
    StreamSocket[] byPath = pair(Link.UNIX);
    assertThat(byPath[1].remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
    assertThat(byPath[0].remoteAddress().toString()).contains("socket");
  }

  @Test
  void shouldTakeOverDescriptors() throws Exception {
    int[] fds = new int[2];
    assertThat(Native.gv_socket_pair(Native.GV_STREAM, fds)).isZero();
    UnixSocket one = keep(UnixSocket.of(fds[0]));
    UnixSocket other = keep(UnixSocket.of(fds[1]));
    assertThat(one.fileno()).isEqualTo(fds[0]);
    assertTalk(one, other);
    for (int bad : new int[] {-1, 1 << 20}) {
      assertThatThrownBy(() -> UnixSocket.of(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("" + bad)
          .hasMessageContaining("EBADF");
    }
    assertThat(Native.gv_socket_pair(2, fds)).isZero();
    assertThatThrownBy(() -> TcpSocket.of(fds[0])).isInstanceOf(SocketException.class);
    assertThat(file(fds[0])).as("it was taken over").isNull();
    Native.gv_file_close(fds[1]);
  }

  @Test
  void shouldTakeOverATcpSocketAndNothingElseForOne() throws Exception {
    TcpListener listener = listen();
    TcpSocket taken = keep(TcpSocket.of(Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM)));
    taken.connect(listener.localAddress(), Native.GV_INET, -1);
    assertTalk(taken, keep(listener.accept(LONG)));
    assertThat(taken.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
    int another = Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM);
    listen(another, new InetSocketAddress(LOCAL, 0));
    int udp = Native.gv_socket_open(Native.GV_INET6, Native.GV_DATAGRAM);
    int unix = Native.gv_socket_open(Native.GV_UNIX, Native.GV_STREAM);
    for (int fd : new int[] {another, udp, unix}) {
      String file = file(fd);
      assertThatThrownBy(() -> keep(TcpSocket.of(fd)))
          .isInstanceOf(SocketException.class)
          .hasMessage(
              "cannot take over descriptor " + fd + ": it is not a TCP socket for connections");
      assertThat(file(fd)).as("it was closed").isNotEqualTo(file);
    }
  }

  @Test
  void shouldTakeOverNothingElseForAUnixSocket() throws Exception {
    int[] pair = new int[2];
    Native.gv_socket_pair(Native.GV_DATAGRAM, pair);
    int listener = Native.gv_socket_open(Native.GV_UNIX, Native.GV_STREAM);
    listen(listener, path());
    int tcp = Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM);
    for (int fd : new int[] {pair[0], pair[1], listener, tcp}) {
      String file = file(fd);
      assertThatThrownBy(() -> keep(UnixSocket.of(fd)))
          .isInstanceOf(SocketException.class)
          .hasMessage(
              "cannot take over descriptor " + fd + ": it is not a unix socket for connections");
      assertThat(file(fd)).as("it was closed").isNotEqualTo(file);
    }
    assertThatThrownBy(() -> UnixSocket.of(Native.gv_file_open("/etc/passwd")))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("take over descriptor")
        .hasMessageContaining("ENOTSOCK");
  }

  @Test
  void shouldTakeOverListeners() throws Exception {
    int fd = Native.gv_socket_open(Native.GV_UNIX, Native.GV_STREAM);
    UnixDomainSocketAddress path = path();
    listen(fd, path);
    UnixListener listener = keep(UnixListener.of(fd));
    assertThat(listener.fileno()).isEqualTo(fd);
    assertThat(listener.localAddress()).isEqualTo(path);
    UnixSocket client = keep(UnixSocket.connect(path, LONG));
    assertTalk(client, keep(listener.accept(LONG)));
    assertThatThrownBy(() -> UnixListener.of(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("EBADF");
    int tcp = Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM);
    listen(tcp, new InetSocketAddress(LOCAL, 0));
    TcpListener other = keep(TcpListener.of(tcp));
    assertTalk(connect(other), keep(other.accept(LONG)));
  }

  private static void listen(int fd, SocketAddress address) {
    int[] status = new int[1];
    long socket = Native.gv_socket_new(fd, status);
    Scratch scratch = Scratch.here();
    Addresses.put(scratch.buffer(), address, Addresses.family(address));
    assertThat(Native.gv_socket_bind(socket, scratch.address())).isZero();
    assertThat(Native.gv_socket_listen(socket, 1)).isZero();
    Native.gv_socket_free(socket);
  }

  @Test
  void shouldTakeOverNothingThatDoesNotListen() {
    int[][] kinds = {
      {Native.GV_INET, Native.GV_STREAM},
      {Native.GV_INET, Native.GV_DATAGRAM},
      {Native.GV_UNIX, Native.GV_STREAM}
    };
    for (int[] kind : kinds) {
      for (boolean unix : new boolean[] {false, true}) {
        int fd = Native.gv_socket_open(kind[0], kind[1]);
        String file = file(fd);
        assertThatThrownBy(() -> keep(unix ? UnixListener.of(fd) : TcpListener.of(fd)))
            .isInstanceOf(SocketException.class)
            .hasMessageStartingWith("cannot take over descriptor " + fd + ": it is not a ")
            .hasMessageEndingWith(" that listens");
        assertThat(file(fd)).as("it was closed").isNotEqualTo(file);
      }
    }
  }

  @Test
  void shouldNameAddressesInMessages() throws Exception {
    TcpListener listener = listen();
    UnixDomainSocketAddress path = path();
    UnixListener unix = keep(UnixListener.bind(path));
    assertThatThrownBy(() -> listener.accept(SHORT))
        .hasMessageContaining("accept at TcpListener[fd=" + listener.fileno())
        .hasMessageContaining(" " + listener.localAddress() + "]");
    assertThat(unix).hasToString("UnixListener[fd=" + unix.fileno() + " " + path + "]");
    UnixSocket client = keep(UnixSocket.connect(path));
    assertThat(client).hasToString("UnixSocket[fd=" + client.fileno() + " to " + path + "]");
    UdpSocket datagrams = keep(UdpSocket.bind(new InetSocketAddress(LOCAL, 0)));
    String local = "UdpSocket[fd=" + datagrams.fileno() + " " + datagrams.localAddress();
    datagrams.connect(listener.localAddress());
    assertThat(datagrams).hasToString(local + " to " + listener.localAddress() + "]");
    datagrams.disconnect();
    assertThat(datagrams.toString()).doesNotContain(" to ");
    client.close();
    assertThat(client).hasToString("UnixSocket[closed]");
  }

  @Test
  void shouldTellTheSystemsError() throws Exception {
    TcpListener listener = listen();
    Throwable thrown =
        thrownBy(() -> TcpListener.bind(new InetSocketAddress(LOCAL, listener.port())));
    assertThat(thrown).isInstanceOf(BindException.class);
    assertThat(Errno.of(thrown)).isEqualTo(Errno.EADDRINUSE).isPositive();
    assertThat(thrown.getCause()).hasMessageStartingWith("EADDRINUSE: ");
    assertThat(Errno.of(new IOException("EADDRINUSE: "))).isZero();
  }

  /** A peer of the JDK's own. */
  @Test
  void shouldConnectToAServerOfTheJdk() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(LOCAL, 0));
      TcpSocket client = keep(TcpSocket.connect(server.getLocalAddress(), LONG, null));
      server.accept().close();
      assertThat(hear(client)).isEqualTo(-1);
    }
  }
}
