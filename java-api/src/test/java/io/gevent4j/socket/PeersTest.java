package io.gevent4j.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers that others have written: Python's socket module, and socat. */
class PeersTest extends SocketTest {
  private static final byte[] MUCH_OF_IT = bytes(3_000_000, 9);

  private final List<Process> processes = new ArrayList<>();

  /** Where it prints, one greenlet may wait. */
  private static final class Peer {
    final Process process;
    final BufferedReader lines;

    Peer(Process process) {
      this.process = process;
      lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    String line() throws Exception {
      return Hub.get().blocking(lines::readLine);
    }

    void assertEnds() throws Exception {
      assertThat(Hub.get().blocking(() -> process.waitFor(30, SECONDS))).isTrue();
      assertThat(process.exitValue()).isZero();
    }
  }

  private Peer start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    return new Peer(process);
  }

  /** A program of Python, with its arguments. */
  private Peer python(List<String> program, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("python3", "-c"));
    List<String> lines = new ArrayList<>(List.of("import socket, struct, sys, time"));
    lines.addAll(program);
    command.add(String.join("\n", lines));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return start(command.toArray(new String[0]));
  }

  @AfterEach
  void endThem() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void shouldTalkWithAServerInPython() throws Exception {
    Peer peer =
        python(
            List.of(
                "s = socket.create_server(('127.0.0.1', 0))",
                "print(s.getsockname()[1], flush=True)",
                "c, _ = s.accept()",
                "while True:",
                "  data = c.recv(100000)",
                "  if not data: break",
                "  c.sendall(data)",
                "c.close()"));
    TcpSocket socket = keep(TcpSocket.connect("127.0.0.1", Integer.parseInt(peer.line()), LONG));
    socket.setTimeout(LONG);
    Greenlet<Object> writer =
        Gevent.spawn(
            () -> {
              socket.write(direct(MUCH_OF_IT));
              socket.shutdownOutput();
              return null;
            });
    assertThat(socket.inputStream().readAllBytes()).isEqualTo(MUCH_OF_IT);
    writer.get();
    peer.assertEnds();
  }

  @Test
  void shouldServeAClientInPython() throws Exception {
    TcpListener listener = listen();
    Peer peer =
        python(
            List.of(
                "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))",
                "f = s.makefile('rwb')",
                "f.write(b'question\\n'); f.flush()",
                "print(f.readline().decode().strip(), flush=True)",
                "s.shutdown(socket.SHUT_WR)",
                "print(f.read().decode(), flush=True)"),
            listener.port());
    TcpSocket socket = keep(listener.accept(LONG));
    socket.setTimeout(LONG);
    ByteBuffer question = ByteBuffer.allocate(9);
    socket.readFully(question);
    assertThat(new String(question.array(), UTF_8)).isEqualTo("question\n");
    socket.write(text("answer\n"));
    assertThat(peer.line()).isEqualTo("answer");
    assertThat(hear(socket)).isEqualTo(-1);
    socket.write(text("goodbye"));
    socket.close();
    assertThat(peer.line()).isEqualTo("goodbye");
    peer.assertEnds();
  }

  @Test
  void shouldSurviveClientsInPythonThatBreakOff() throws Exception {
    TcpListener listener = listen();
    Peer peer =
        python(
            List.of(
                "for i in range(20):",
                "  s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))",
                "  s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))",
                "  s.send(b'x' * i)",
                "  s.close()"),
            listener.port());
    int resets = 0;
    for (int i = 0; i < 20; i++) {
      try (TcpSocket socket = listener.accept(LONG)) {
        socket.setTimeout(LONG);
        socket.inputStream().readAllBytes();
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("ECONNRESET");
        resets++;
      }
    }
    assertThat(resets).isEqualTo(20);
    peer.assertEnds();
  }

  @Test
  void shouldTalkOverUnixSocketsWithPython() throws Exception {
    UnixDomainSocketAddress path = path();
    UnixListener listener = keep(UnixListener.bind(path));
    Peer peer =
        python(
            List.of(
                "s = socket.socket(socket.AF_UNIX)",
                "if sys.platform == 'linux': s.bind('\\0of no file system')",
                "s.connect(sys.argv[1])",
                "s.sendall(s.recv(100))"),
            path);
    UnixSocket socket = keep(listener.accept(LONG));
    assertThat(socket.remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
    say(socket);
    assertThat(hear(socket)).isEqualTo('!');
    assertThat(hear(socket)).isEqualTo(-1);
    peer.assertEnds();
  }

  @Test
  void shouldExchangeDatagramsWithPython() throws Exception {
    UdpSocket socket = keep(UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0)));
    socket.setTimeout(LONG);
    Peer peer =
        python(
            List.of(
                "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
                "s.sendto(b'over', ('127.0.0.1', int(sys.argv[1])))",
                "print(s.recvfrom(100)[0].decode(), flush=True)"),
            ((InetSocketAddress) socket.localAddress()).getPort());
    ByteBuffer buffer = ByteBuffer.allocateDirect(100);
    SocketAddress sender = socket.receive(buffer);
    assertThat(UTF_8.decode(buffer.flip()).toString()).isEqualTo("over");
    socket.send(text("out"), sender);
    assertThat(peer.line()).isEqualTo("out");
    peer.assertEnds();
  }

  /** What the receiver's system says of how they were sent. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1, IPPROTO_IP, 13", "::1, IPPROTO_IPV6, IPV6_RECVTCLASS"}) // IP_RECVTOS
  void shouldSendByTheTrafficClassThatWasSet(String host, String level, String option)
      throws Exception {
    UdpSocket socket = keep(UdpSocket.bind(new InetSocketAddress(host, 0)));
    socket.setOption(StandardSocketOptions.IP_TOS, 0xb8); // expedited forwarding
    Peer peer =
        python(
            List.of(
                "from socket import *",
                "s = socket(AF_INET6 if ':' in sys.argv[1] else AF_INET, SOCK_DGRAM)",
                "s.bind((sys.argv[1], 0))",
                "s.setsockopt(" + level + ", " + option + ", 1)",
                "print(s.getsockname()[1], flush=True)",
                "print(s.recvmsg(100, 100)[1][0][2][0], flush=True)"),
            host);
    int port = Integer.parseInt(peer.line());
    socket.send(ByteBuffer.allocate(1), new InetSocketAddress(host, port));
    assertThat(peer.line()).isEqualTo("" + 0xb8);
    peer.assertEnds();
  }

  @Test
  void shouldExchangeDatagramsOverUnixSocketsWithPython() throws Exception {
    UnixDomainSocketAddress path = path();
    UnixDatagramSocket socket = keep(UnixDatagramSocket.bind(path));
    socket.setTimeout(LONG);
    Peer peer =
        python(
            List.of(
                "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
                "s.bind(sys.argv[1] + '.peer')",
                "s.sendto(b'over', sys.argv[1])",
                "print(s.recvfrom(100), flush=True)"),
            path);
    UnixDomainSocketAddress sender = UnixDomainSocketAddress.of(path + ".peer");
    assertThat(hear(socket, sender)).isEqualTo("over");
    socket.send(text("out"), sender);
    assertThat(peer.line()).isEqualTo("(b'out', '" + path + "')");
    peer.assertEnds();
  }

  @Test
  void shouldReceiveADatagramOfSocat() throws Exception {
    UnixDomainSocketAddress path = path();
    UnixDatagramSocket socket = keep(UnixDatagramSocket.bind(path));
    socket.setTimeout(LONG);
    Path file = java.nio.file.Files.writeString(directory.resolve("said"), "by socat");
    Peer peer = start("socat", "-u", "OPEN:" + file, "UNIX-SENDTO:" + path);
    assertThat(hear(socket)).isEqualTo("by socat");
    peer.assertEnds();
  }

  @Test
  void shouldSendAndReceiveFilesThroughSocat() throws Exception {
    TcpListener listener = listen();
    Path file = java.nio.file.Files.write(directory.resolve("file"), MUCH_OF_IT);
    Path copy = directory.resolve("copy");
    Peer getting = start("socat", "-u", "TCP4:127.0.0.1:" + listener.port(), "CREATE:" + copy);
    try (TcpSocket socket = listener.accept(LONG)) {
      socket.setTimeout(LONG);
      assertThat(socket.sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(MUCH_OF_IT.length);
    }
    getting.assertEnds();
    assertThat(copy).hasBinaryContent(MUCH_OF_IT);
    Peer putting = start("socat", "-u", "OPEN:" + file, "TCP4:127.0.0.1:" + listener.port());
    try (TcpSocket socket = listener.accept(LONG)) {
      socket.setTimeout(LONG);
      assertThat(socket.inputStream().readAllBytes()).isEqualTo(MUCH_OF_IT);
    }
    putting.assertEnds();
  }
}
