package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where clients must not begin another handshake, by a property that is read once in a JVM. */
@Timeout(60)
class RenegotiationTest {
  static final class Refusing {
    private static Process openssl;

    public static void main(String[] arguments) throws Exception {
      System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
      System.setProperty(Certificates.MADE, arguments[0]);
      InetAddress here = InetAddress.getByName("127.0.0.1");
      try (TcpListener listener = TcpListener.bind(new InetSocketAddress(here, 0))) {
        openssl = connect(listener.port());
        try (TlsSocket socket = TlsSocket.server(Certificates.both(), listener.accept())) {
          serve(socket.inputStream());
        }
      }
      try (ServerSocket listener = new GreenletServerSocket(0, 5, here)) {
        openssl = connect(listener.getLocalPort());
        try (Socket accepted = listener.accept();
            Socket socket =
                Certificates.both().getSocketFactory().createSocket(accepted, null, true)) {
          serve(socket.getInputStream());
        }
      }
    }

    private static Process connect(int port) throws IOException {
      return new ProcessBuilder("openssl", "s_client", "-tls1_2", "-connect", "127.0.0.1:" + port)
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start();
    }

    /** What openssl is told by a line of its own is a command. */
    private static void tell(String line) throws IOException {
      OutputStream out = openssl.getOutputStream();
      out.write((line + "\n").getBytes());
      out.flush();
    }

    private static void serve(InputStream in) throws Exception {
      tell("hello");
      Program.say(new String(in.readNBytes(6)).trim());
      tell("R");
      try {
        Program.say("read " + in.read());
      } catch (SSLException e) {
        Program.say(e.getMessage());
      }
      openssl.destroy();
      openssl.waitFor();
    }
  }

  @Test
  void shouldBeRefusedToClients() throws Exception {
    try (Program program = new Program(Refusing.class, Certificates.DIRECTORY.toString())) {
      program.assertEnds(0);
      List<String> printed = program.printed();
      assertThat(printed).hasSize(4);
      for (int i = 0; i < 4; i += 2) { // by TlsSocket, by SSLSocket
        assertThat(printed.get(i)).isEqualTo("hello");
        assertThat(printed.get(i + 1)).endsWith("Client initiated renegotiation is not allowed");
      }
    }
  }
}
