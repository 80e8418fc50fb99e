package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.socket.Certificates;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.socket.TlsSocket;
import io.gevent4j.threadpool.ThreadPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** A server speaks TLS if it is told so. */
class TlsServerTest extends ServerTest {
  private static StreamServer echoServer(SSLContext context) throws IOException {
    return started(
        new StreamServer(
            HERE,
            StreamServer.tls(
                context, socket -> socket.inputStream().transferTo(socket.outputStream()))));
  }

  private TlsSocket client(StreamServer server) throws Exception {
    return closing(
        TlsSocket.client(Certificates.trust(), connect(server), "localhost", server.serverPort()));
  }

  private static void assertEchoes(TlsSocket socket) throws IOException {
    byte[] hello = "hello\n".getBytes(UTF_8);
    socket.write(hello, 0, hello.length);
    assertThat(new BufferedReader(new InputStreamReader(socket.inputStream(), UTF_8)).readLine())
        .isEqualTo("hello");
  }

  @Test
  void shouldServe() throws Exception {
    StreamServer server = echoServer(Certificates.both());
    TlsSocket one = client(server);
    TlsSocket two = client(server);
    assertEchoes(two);
    assertEchoes(one);
  }

  @Test
  void shouldServeASocketOfTheJdk() throws Exception {
    StreamServer server = echoServer(Certificates.both());
    SSLContext trust = Certificates.trust();
    byte[] answer =
        closing(new ThreadPool(1))
            .apply(
                () -> {
                  try (SSLSocket socket =
                      (SSLSocket)
                          trust.getSocketFactory().createSocket("127.0.0.1", server.serverPort())) {
                    socket.getOutputStream().write("hello".getBytes(UTF_8));
                    return socket.getInputStream().readNBytes(5);
                  }
                });
    assertThat(answer).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void shouldCloseWhoSpeaksNoTlsAndServeOn() throws Exception {
    StreamServer server = echoServer(Certificates.both());
    TcpSocket plain = connect(server);
    say(plain, "GET / HTTP/1.0\r\n\r\n");
    while (plain.read(new byte[100], 0, 100) >= 0) {} // it is told why
    assertThat(takeThrown()).singleElement().isInstanceOf(SSLException.class);
    assertEchoes(client(server));
  }

  @Test
  void shouldReportThatItHasNoCertificate() throws Exception {
    StreamServer server = echoServer(Certificates.trust());
    assertThatThrownBy(() -> client(server).handshake()).isInstanceOf(SSLException.class);
    turns();
    assertThat(takeThrown()).singleElement().isInstanceOf(SSLException.class);
  }

  @Test
  void shouldCloseWhoTakesTooLongForTheHandshake() throws Exception {
    StreamServer server =
        started(
            new StreamServer(
                HERE, StreamServer.tls(Certificates.both(), Duration.ofMillis(50), socket -> {})));
    TcpSocket silent = connect(server);
    while (silent.read(new byte[100], 0, 100) >= 0) {} // it is told why
    assertThat(takeThrown()).singleElement().isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void shouldRefuseAHandshakeBelowZero() throws Exception {
    SSLContext context = Certificates.both();
    assertThatThrownBy(() -> StreamServer.tls(context, Duration.ofNanos(-1), socket -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative");
  }

  @Test
  void shouldKeepNobodyWaitingForASlowHandshake() throws Exception {
    StreamServer server = echoServer(Certificates.both());
    TlsSocket slow = client(server);
    turns();
    assertEchoes(client(server));
    assertEchoes(slow);
  }
}
