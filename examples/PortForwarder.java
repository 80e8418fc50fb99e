import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpSocket;
import java.io.IOException;

/**
 * Forwards each connection to another port: {@code PortForwarder :8001 localhost:8000}. Control and
 * C has it accept no more, and end when all connections have ended.
 */
public class PortForwarder extends StreamServer {
  private final String host;
  private final int port;

  PortForwarder(String source, String destination) {
    super(source);
    int colon = destination.lastIndexOf(':');
    host = destination.substring(0, colon);
    port = Integer.parseInt(destination.substring(colon + 1));
  }

  public static void main(String[] args) throws IOException {
    PortForwarder forwarder = new PortForwarder(args[0], args[1]);
    forwarder.start();
    System.out.println("port " + forwarder.serverPort() + " -> " + args[1]);
    Gevent.signalHandler("SIGINT", forwarder::closeListener);
    Gevent.signalHandler("SIGTERM", forwarder::closeListener);
    Gevent.waitAll(); // until the listener and all connections are closed
    System.out.println("done");
  }

  @Override
  protected void handle(StreamSocket source) {
    try (TcpSocket destination = TcpSocket.connect(host, port)) {
      System.out.println("connected");
      Greenlet<Void> back = Gevent.spawn(() -> forward(destination, source));
      forward(source, destination);
      back.join();
      System.out.println("closed");
    } catch (IOException e) {
      System.out.println("failed to connect: " + e.getMessage());
    }
  }

  private static void forward(StreamSocket from, StreamSocket to) {
    try {
      from.inputStream().transferTo(to.outputStream());
      to.shutdownOutput();
    } catch (IOException e) { // one of them is gone, and so is what the other had to say
      from.close();
      to.close();
    }
  }
}
