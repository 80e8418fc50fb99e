import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.server.DatagramServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Says how many bytes it was sent: to {@code UdpClient hello}, for instance. */
public class UdpServer extends DatagramServer {
  UdpServer(String address) {
    super(address);
  }

  public static void main(String[] args) throws IOException {
    UdpServer server = new UdpServer("127.0.0.1:" + (args.length > 0 ? args[0] : "9000"));
    server.start();
    System.out.println("receiving datagrams on port " + server.serverPort());
    server.serveForever();
  }

  @Override
  protected void handle(ByteBuffer data, SocketAddress sender) throws IOException {
    int size = data.remaining();
    System.out.println("got " + UTF_8.decode(data));
    sendTo(ByteBuffer.wrap(("received " + size + " bytes").getBytes(UTF_8)), sender);
  }
}
