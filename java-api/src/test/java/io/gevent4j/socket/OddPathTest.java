package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers at paths that Java cannot express, in a program whose paths are ASCII. */
class OddPathTest {
  @TempDir Path directory;

  static final class Served {
    private static String directory;

    public static void main(String[] arguments) throws Exception {
      directory = arguments[0];
      UnixDomainSocketAddress datagrams = UnixDomainSocketAddress.of(directory + "/datagrams");
      UnixDomainSocketAddress connections = UnixDomainSocketAddress.of(directory + "/connections");
      try (UnixDatagramSocket server = UnixDatagramSocket.bind(datagrams);
          UnixDatagramSocket client = UnixDatagramSocket.of(bound(Native.GV_DATAGRAM, null))) {
        client.send(ByteBuffer.allocate(3), datagrams);
        ByteBuffer heard = ByteBuffer.allocate(9);
        Program.say("from '" + server.receive(heard) + "', " + heard.position() + " bytes");
      }
      try (UnixListener listener = UnixListener.bind(connections);
          UnixSocket client = UnixSocket.of(bound(Native.GV_STREAM, connections));
          UnixSocket accepted = listener.accept()) {
        client.write(ByteBuffer.allocate(3));
        int count = accepted.read(ByteBuffer.allocate(9));
        Program.say("by '" + accepted.remoteAddress() + "', " + count + " bytes");
      }
    }

    /** Returns a descriptor at such a path, which is connected with this one. */
    private static int bound(int type, UnixDomainSocketAddress with) throws Exception {
      int fd = Native.gv_socket_open(Native.GV_UNIX, type);
      long socket = Native.gv_socket_new(fd, new int[1]);
      Scratch scratch = Scratch.here();
      byte[] path = (directory + "/odd\u00ff" + type).getBytes(StandardCharsets.ISO_8859_1);
      ByteBuffer address = scratch.buffer().clear();
      address.putInt(Native.GV_UNIX).putInt(0).putInt(0).putInt(path.length).put(path);
      Failures.check(Native.gv_socket_bind(socket, scratch.address()), "bind", "it");
      if (with != null) {
        Addresses.put(scratch.buffer(), with, Native.GV_UNIX);
        int status = Native.gv_socket_connect(0, 0, socket, scratch.address(), -1);
        Failures.check(status, "connect", "it");
      }
      Native.gv_socket_free(socket);
      return fd;
    }
  }

  @Test
  void shouldServeThemWithoutAName() throws Exception {
    List<String> ascii = List.of("env", "LC_ALL=C");
    try (Program program = Program.startedBy(ascii, Served.class, directory.toString())) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("from '', 3 bytes", "by '', 3 bytes");
    }
  }
}
