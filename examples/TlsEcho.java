import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.socket.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A server that speaks TLS, with a certificate of its own making, and a client that trusts it. */
public class TlsEcho {
  public static void main(String[] args) throws Exception {
    SSLContext context = context();
    StreamServer server = new StreamServer("127.0.0.1:0", StreamServer.tls(context, TlsEcho::echo));
    try (server) {
      server.start();
      TcpSocket plain = TcpSocket.connect("127.0.0.1", server.serverPort());
      try (TlsSocket socket = TlsSocket.client(context, plain, "localhost", server.serverPort())) {
        socket.outputStream().write("nobody else can read this".getBytes(UTF_8));
        socket.shutdownOutput();
        System.out.println(new String(socket.inputStream().readAllBytes(), UTF_8));
        System.out.println(socket.session().getProtocol());
      }
    }
  }

  /** Runs in a greenlet for each client, after the handshake. */
  static void echo(TlsSocket socket) throws IOException {
    socket.inputStream().transferTo(socket.outputStream());
  }

  /** Has the certificate, and trusts it. */
  static SSLContext context() throws Exception {
    KeyStore store = store();
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "secret".toCharArray());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Made by the JDK's keytool. */
  static KeyStore store() throws Exception {
    Path folder = Files.createTempDirectory("tls-echo");
    Path file = folder.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String options =
        " -genkeypair -alias server -keyalg EC -dname CN=localhost -ext san=dns:localhost"
            + " -storepass secret -keystore ";
    Process process = Runtime.getRuntime().exec((keytool + options + file).split(" "));
    if (process.waitFor() != 0) {
      throw new IOException(new String(process.getErrorStream().readAllBytes()));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(file)) {
      store.load(bytes, "secret".toCharArray());
    }
    Files.delete(file);
    Files.delete(folder);
    return store;
  }
}
