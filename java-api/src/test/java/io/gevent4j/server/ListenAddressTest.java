package io.gevent4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.socket.TcpSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where to listen is said in gevent's forms. */
class ListenAddressTest extends ServerTest {
  @ParameterizedTest
  @CsvSource({
    ":80, 0.0.0.0, 80",
    "*:80, 0.0.0.0, 80",
    "host:80, host, 80",
    "127.0.0.1:0, 127.0.0.1, 0",
    "[::]:80, ::, 80",
    "[::1]:65535, ::1, 65535"
  })
  void shouldKnowHostAndPort(String text, String host, int port) {
    InetSocketAddress address = (InetSocketAddress) ListenAddress.parse(text);
    assertThat(address.getHostString()).isEqualTo(host);
    assertThat(address.getPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run/name", "./name", "unix:/run/name", "unix:name"})
  void shouldKnowAPath(String text) {
    SocketAddress address = ListenAddress.parse(text);
    assertThat(address).isEqualTo(UnixDomainSocketAddress.of(text.replace("unix:", "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "host:", "host:port", ":65536", ":-1", "::1:80", "0x10"})
  void shouldRefuseWhatIsNone(String text) {
    assertThatThrownBy(() -> new StreamServer(text, ServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not an address to listen at: \"" + text + "\": ");
  }

  @Test
  void shouldRefuseOtherAddressesAndPorts() {
    assertThatThrownBy(() -> new StreamServer(-1, ServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a port: -1");
    assertThatThrownBy(() -> new StreamServer(new SocketAddress() {}, ServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not an internet or unix address: ");
  }

  @Test
  void shouldTellOfAnUnknownHostAtTheStart() {
    StreamServer server = new StreamServer("nowhere.invalid:0", ServerTest::echo);
    assertThatThrownBy(server::start).isInstanceOf(UnknownHostException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", ":0", "localhost:0", "[::]:0", "*:0"})
  void shouldServeThere(String text) throws Exception {
    StreamServer server = started(new StreamServer(text, ServerTest::echo));
    assertAnswers(closing(TcpSocket.connect("127.0.0.1", server.serverPort())));
  }

  @Test
  void shouldServeAllAddressesOfTheMachineAtAPort() throws Exception {
    StreamServer server = started(new StreamServer(0, ServerTest::echo));
    assertAnswers(closing(TcpSocket.connect("127.0.0.1", server.serverPort())));
    assertAnswers(closing(TcpSocket.connect("::1", server.serverPort())));
  }
}
