package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.OpenSockets;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/** The options of sockets. */
class OptionsTest extends SocketTest {
  private static final Map<SocketOption<?>, Object> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put(StandardSocketOptions.SO_REUSEADDR, true);
    VALUES.put(StandardSocketOptions.SO_REUSEPORT, true);
    VALUES.put(StandardSocketOptions.SO_KEEPALIVE, true);
    VALUES.put(StandardSocketOptions.SO_SNDBUF, 50_000);
    VALUES.put(StandardSocketOptions.SO_RCVBUF, 40_000);
    VALUES.put(StandardSocketOptions.SO_LINGER, 7);
    VALUES.put(StandardSocketOptions.TCP_NODELAY, false);
    VALUES.put(StandardSocketOptions.IP_TOS, 0x10);
    VALUES.put(ExtendedOptions.SO_OOBINLINE, true);
    VALUES.put(ExtendedOptions.SO_PRIORITY, 3);
    VALUES.put(ExtendedOptions.TCP_KEEPIDLE, 11);
    VALUES.put(ExtendedOptions.TCP_KEEPINTVL, 12);
    VALUES.put(ExtendedOptions.TCP_KEEPCNT, 5);
    VALUES.put(ExtendedOptions.TCP_USER_TIMEOUT, 1234);
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(BaseSocket socket, SocketOption<T> option, Object value)
      throws Exception {
    socket.setOption(option, (T) value);
  }

  @Test
  void shouldReadWhatWasSet() throws Exception {
    for (Link link : List.of(Link.TCP, Link.TCP6)) {
      StreamSocket socket = pair(link)[0];
      for (Map.Entry<SocketOption<?>, Object> each : VALUES.entrySet()) {
        set(socket, each.getKey(), each.getValue());
        assertThat((Object) socket.getOption(each.getKey()))
            .as(link + " " + each.getKey())
            .isEqualTo(each.getValue());
      }
      set(socket, StandardSocketOptions.SO_LINGER, -1);
      assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
      for (boolean quick : new boolean[] {true, false, true}) {
        set(socket, ExtendedOptions.TCP_QUICKACK, quick);
        assertThat(socket.getOption(ExtendedOptions.TCP_QUICKACK)).isEqualTo(quick);
      }
      assertThat(socket.getOption(ExtendedOptions.SO_INCOMING_CPU)).isGreaterThanOrEqualTo(-1);
      assertThat(socket.getOption(ExtendedOptions.SO_BUSY_POLL)).isNotNegative();
    }
  }

  /** More of it is for the system's administrators. */
  @Test
  void shouldPollAsBusilyAsItMay() throws Exception {
    for (BaseSocket socket : List.of(pair()[0], keep(UdpSocket.open()))) {
      int before = socket.getOption(ExtendedOptions.SO_BUSY_POLL);
      Throwable thrown = thrownBy(() -> socket.setOption(ExtendedOptions.SO_BUSY_POLL, before + 1));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(SocketException.class).hasMessageContaining("EPERM");
      }
      assertThat(socket.getOption(ExtendedOptions.SO_BUSY_POLL))
          .isEqualTo(thrown == null ? before + 1 : before);
      socket.setOption(ExtendedOptions.SO_BUSY_POLL, 0);
      assertThat(socket.getOption(ExtendedOptions.SO_BUSY_POLL)).isZero();
    }
  }

  @Test
  void shouldKnowTheNamesThatTheJdkHasForThem() throws Exception {
    StreamSocket socket = pair()[0];
    socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 21);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 22);
    socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    assertThat(socket.getOption(ExtendedOptions.TCP_KEEPINTVL)).isEqualTo(21);
    assertThat(socket.getOption(ExtendedOptions.TCP_KEEPCNT)).isEqualTo(4);
    assertThat(socket.getOption(ExtendedOptions.TCP_KEEPIDLE)).isEqualTo(22);
  }

  @Test
  void shouldReadAllThatItSaysItSupports() throws Exception {
    List<BaseSocket> all =
        List.of(
            pair()[0],
            pair(Link.TCP6)[0],
            pair(Link.PAIR)[0],
            listen(),
            listen6(),
            listenUnix(),
            keep(UdpSocket.open()),
            keep(UdpSocket.open6()),
            keep(UnixDatagramSocket.open()));
    for (BaseSocket socket : all) {
      assertThat(socket.supportedOptions()).isNotEmpty();
      for (SocketOption<?> option : socket.supportedOptions()) {
        assertThat((Object) socket.getOption(option)).isInstanceOf(option.type());
      }
    }
  }

  @Test
  void shouldReadWhatWasSetOfAListener() throws Exception {
    Map<SocketOption<?>, Object> values =
        Map.of(
            StandardSocketOptions.SO_REUSEADDR, false,
            StandardSocketOptions.SO_REUSEPORT, true,
            StandardSocketOptions.SO_RCVBUF, 40_000,
            ExtendedOptions.SO_INCOMING_CPU, 0,
            ExtendedOptions.TCP_FASTOPEN, 17,
            ExtendedOptions.TCP_DEFER_ACCEPT, 1);
    for (TcpListener listener : List.of(listen(), listen6())) {
      for (Map.Entry<SocketOption<?>, Object> each : values.entrySet()) {
        set(listener, each.getKey(), each.getValue());
        assertThat((Object) listener.getOption(each.getKey()))
            .as(listener + " " + each.getKey())
            .isEqualTo(each.getValue());
      }
      say(connect(listener)); // or else it isn't accepted yet
      assertThat(keep(listener.accept(LONG)).getOption(StandardSocketOptions.SO_RCVBUF))
          .as("connections inherit it")
          .isEqualTo(40_000);
    }
  }

  // ---- before it connects, or listens ----

  @Test
  void shouldConnectWithOptionsThatAreSetBefore() throws Exception {
    TcpListener listener = listen();
    TcpSocket first = connect(listener);
    first.setOption(StandardSocketOptions.SO_REUSEADDR, true); // both want it
    TcpSocket accepted = keep(listener.accept(LONG));
    InetSocketAddress source = (InetSocketAddress) first.localAddress();
    first.close();
    assertThat(hear(accepted)).isEqualTo(-1);
    accepted.close(); // the client's port is still taken, for connections that are late
    TcpListener other = listen();
    assertThatThrownBy(() -> TcpSocket.connect(other.localAddress(), LONG, source))
        .isInstanceOf(BindException.class);
    TcpSocket second =
        keep(
            TcpSocket.connect(
                other.localAddress(),
                LONG,
                source,
                Map.of(
                    StandardSocketOptions.SO_REUSEADDR, true,
                    StandardSocketOptions.SO_RCVBUF, 40_000,
                    StandardSocketOptions.TCP_NODELAY, false)));
    assertTalk(second, keep(other.accept(LONG)));
    assertThat(second.localAddress()).isEqualTo(source);
    assertThat(second.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(40_000);
    assertThat(second.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
  }

  @Test
  void shouldListenWithOptionsThatAreSetBefore() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("::"), 0);
    TcpListener six = keep(TcpListener.bind(any, 9, Map.of(ExtendedOptions.IPV6_V6ONLY, true)));
    keep(TcpSocket.connect("::1", six.port(), LONG));
    assertThatThrownBy(() -> TcpSocket.connect("127.0.0.1", six.port(), LONG))
        .isInstanceOf(ConnectException.class);
    TcpListener four =
        keep(TcpListener.bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), six.port())));
    keep(TcpSocket.connect("127.0.0.1", six.port(), LONG));
    assertThat(keep(four.accept(LONG)).isOpen()).isTrue();
  }

  @Test
  void shouldBindDatagramSocketsWithOptionsThatAreSetBefore() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("::"), 0);
    UdpSocket six = keep(UdpSocket.bind(any, Map.of(ExtendedOptions.IPV6_V6ONLY, true)));
    InetSocketAddress same =
        new InetSocketAddress(
            InetAddress.getByName("0.0.0.0"), ((InetSocketAddress) six.localAddress()).getPort());
    assertThat(keep(UdpSocket.bind(same)).localAddress()).isEqualTo(same);
  }

  @Test
  void shouldOpenNothingWithOptionsThatCannotBe() throws Exception {
    TcpListener listener = listen();
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    OpenSockets sockets = new OpenSockets();
    Map<SocketOption<?>, ?> none = Map.of(StandardSocketOptions.IP_MULTICAST_TTL, 1);
    assertThatThrownBy(() -> TcpSocket.connect(address, LONG, null, none))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> TcpListener.bind(address, 9, none))
        .isInstanceOf(UnsupportedOperationException.class);
    Map<SocketOption<?>, ?> ofTcp = Map.of(StandardSocketOptions.TCP_NODELAY, true);
    assertThatThrownBy(() -> UdpSocket.bind(address, ofTcp))
        .isInstanceOf(UnsupportedOperationException.class);
    Map<SocketOption<?>, ?> wrong = Map.of(StandardSocketOptions.SO_RCVBUF, "much");
    assertThatThrownBy(() -> TcpSocket.connect(address, LONG, null, wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("SO_RCVBUF can't be much");
    assertThatThrownBy(() -> TcpListener.bind(address, 9, wrong))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(sockets.opened()).isEmpty();
    assertThat(listener.tryAccept()).isNull();
  }

  @Test
  void shouldNotAcceptWhoSaysNothingWhereThatIsPutOff() throws Exception {
    TcpListener listener = listen();
    listener.setOption(ExtendedOptions.TCP_DEFER_ACCEPT, 20);
    TcpSocket client = connect(listener);
    assertThat(listener.tryAccept()).isNull();
    Greenlet<TcpSocket> accepting = Gevent.spawn(() -> keep(listener.accept(LONG)));
    turns();
    assertThat(accepting.ready()).isFalse();
    say(client);
    assertThat(hear(accepting.get(LONG))).isEqualTo('!');
  }

  private TcpListener listen6() throws Exception {
    return listen(InetAddress.getByName("::1"));
  }

  private UnixListener listenUnix() throws Exception {
    return keep(UnixListener.bind(path()));
  }

  @Test
  void shouldRefuseOptionsThatItDoesntHave() throws Exception {
    StreamSocket socket = pair()[0];
    StreamSocket unix = pair(Link.PAIR)[0];
    Body[] uses = {
      () -> socket.setOption(StandardSocketOptions.SO_BROADCAST, true),
      () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL),
      () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_IF),
      () -> unix.setOption(StandardSocketOptions.TCP_NODELAY, true),
      () -> listen().getOption(StandardSocketOptions.TCP_NODELAY),
      () -> listen().getOption(ExtendedOptions.IPV6_V6ONLY),
      () -> keep(UdpSocket.open()).setOption(ExtendedOptions.IPV6_V6ONLY, true),
    };
    for (Body use : uses) {
      assertThat(thrownBy(use))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("has no option");
    }
  }

  @Test
  void shouldRefuseValuesThatMakeNoSense() throws Exception {
    StreamSocket socket = pair()[0];
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SO_SNDBUF");
    UdpSocket datagrams = keep(UdpSocket.open());
    for (int tooMuch : new int[] {-1, 256, 300}) { // the system would take 300 for 44
      assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_TOS, tooMuch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("IP_TOS can't be " + tooMuch);
      assertThatThrownBy(() -> datagrams.setOption(StandardSocketOptions.IP_MULTICAST_TTL, tooMuch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("IP_MULTICAST_TTL can't be " + tooMuch);
    }
    socket.setOption(StandardSocketOptions.IP_TOS, 252);
    assertThat(socket.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(252);
    datagrams.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 255);
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, null))
        .isInstanceOfAny(NullPointerException.class, IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.setOption(ExtendedOptions.TCP_KEEPCNT, 1_000_000))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("set TCP_KEEPCNT")
        .hasMessageContaining("EINVAL");
    assertThatThrownBy(() -> socket.setOption(null, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldSendByTheTrafficClassThatWasSet() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].setOption(StandardSocketOptions.IP_TOS, 0xb8); // expedited forwarding
    assertTalk(pair[0], pair[1]);
    assertThat(pair[0].getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0xb8);
  }
}
