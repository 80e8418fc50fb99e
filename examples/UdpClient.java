import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.socket.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Sends a message to {@code UdpServer}, and prints its answer. */
public class UdpClient {
  public static void main(String[] args) throws IOException {
    String message = args.length > 0 ? args[0] : "hello";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 9000;
    try (UdpSocket socket = UdpSocket.open()) {
      socket.setTimeout(Duration.ofSeconds(2));
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      System.out.println("sending " + message.length() + " bytes");
      socket.send(ByteBuffer.wrap(message.getBytes(UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(8192);
      socket.receive(answer);
      System.out.println("got " + UTF_8.decode(answer.flip()));
    } catch (PortUnreachableException e) {
      System.out.println("nobody is there");
    }
  }
}
