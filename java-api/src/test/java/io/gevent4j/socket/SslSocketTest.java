package io.gevent4j.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** The JDK's SSLSocket works as it is over a {@link GreenletSocket}. */
class SslSocketTest extends TlsContract {
  @Override
  End client(SSLContext context, String host, int port, Consumer<SSLParameters> how)
      throws Exception {
    Socket socket = new GreenletSocket(host, port);
    SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
    return new Layered(tls, how);
  }

  @Override
  Place listen() throws IOException {
    GreenletServerSocket server = new GreenletServerSocket(0, 200, HERE);
    return new Place() {
      @Override
      public int port() {
        return server.getLocalPort();
      }

      @Override
      public End accept(SSLContext context, Consumer<SSLParameters> how) throws IOException {
        Socket socket = server.accept();
        return new Layered(
            (SSLSocket) context.getSocketFactory().createSocket(socket, null, true), how);
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  private static final class Layered implements End {
    private final SSLSocket socket;

    Layered(SSLSocket socket, Consumer<SSLParameters> how) {
      this.socket = socket;
      SSLParameters parameters = socket.getSSLParameters();
      how.accept(parameters);
      socket.setSSLParameters(parameters);
    }

    @Override
    public void handshake() throws IOException {
      socket.startHandshake();
    }

    @Override
    public InputStream in() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public SSLSession session() {
      return socket.getSession();
    }

    @Override
    public String protocol() {
      return socket.getApplicationProtocol();
    }

    @Override
    public void setTimeout(Duration timeout) throws IOException {
      socket.setSoTimeout((int) timeout.toMillis());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
