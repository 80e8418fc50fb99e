package io.gevent4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.socket.Certificates;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TlsSocket;
import io.gevent4j.socket.UnixListener;
import io.gevent4j.socket.UnixSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets are served, and of their files only the server's own is deleted. */
class UnixServerTest extends ServerTest {
  @TempDir Path folder;

  private Path path() {
    return folder.resolve("socket");
  }

  private StreamServer server() {
    return new StreamServer(path().toString(), ServerTest::echo);
  }

  private UnixSocket connect() throws IOException {
    UnixSocket socket = closing(UnixSocket.connect(UnixDomainSocketAddress.of(path())));
    socket.setTimeout(LONG);
    return socket;
  }

  @Test
  void shouldServe() throws Exception {
    StreamServer server = started(server());
    assertAnswers(connect());
    assertThat(server.address()).isEqualTo(UnixDomainSocketAddress.of(path()));
    assertThat(server.serverHost()).isNull();
    assertThat(server.serverPort()).isEqualTo(-1);
  }

  @Test
  void shouldServeTls() throws Exception {
    started(
        new StreamServer(
            path().toString(),
            StreamServer.tls(Certificates.both(), socket -> socket.write(hi()))));
    try (TlsSocket client = TlsSocket.client(Certificates.trust(), connect(), "localhost", 1)) {
      assertThat(client.inputStream().readAllBytes()).isEqualTo(hi().array());
    }
  }

  private static ByteBuffer hi() {
    return ByteBuffer.wrap(new byte[] {'h', 'i'});
  }

  @Test
  void shouldDeleteItsFileSoThatItCanBeStartedAgain() throws Exception {
    started(server()).stop();
    assertThat(path()).doesNotExist();
    started(server());
    assertAnswers(connect());
  }

  @Test
  void shouldRefuseAPathWhereAFileIs() throws Exception {
    Files.writeString(path(), "mine");
    StreamServer server = server();
    assertThatThrownBy(server::start)
        .isInstanceOf(BindException.class)
        .hasMessageContaining(path().toString());
    server.stop();
    assertThat(path()).hasContent("mine");
  }

  @Test
  void shouldLeaveAFileThatHasTakenThePlaceOfItsOwn() throws Exception {
    StreamServer first = started(server());
    Files.move(path(), folder.resolve("moved"));
    started(server());
    first.stop();
    assertAnswers(connect());
  }

  @Test
  void shouldLeaveTheFileOfAListenerThatItWasGiven() throws Exception {
    UnixListener listener = UnixListener.bind(UnixDomainSocketAddress.of(path()));
    StreamServer server = started(new StreamServer(listener, ServerTest::echo));
    assertAnswers((StreamSocket) connect());
    server.stop();
    assertThat(path()).exists();
  }
}
