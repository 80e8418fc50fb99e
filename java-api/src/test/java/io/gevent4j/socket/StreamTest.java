package io.gevent4j.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.greenlet.Scratch;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading from and writing to connections. */
class StreamTest extends SocketTest {
  /** A way to write many bytes. */
  private enum Way {
    DIRECT {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        ByteBuffer buffer = direct(bytes);
        assertThat(socket.write(buffer)).isEqualTo(bytes.length);
        assertThat(buffer.hasRemaining()).isFalse();
      }
    },
    HEAP {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        byte[] shifted = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, shifted, 5, bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(shifted, 2, shifted.length - 2).slice();
        buffer.position(3).limit(3 + bytes.length);
        assertThat(socket.write(buffer)).isEqualTo(bytes.length);
        assertThat(buffer.position()).isEqualTo(3 + bytes.length);
      }
    },
    READ_ONLY {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        assertThat(socket.write(ByteBuffer.wrap(bytes).asReadOnlyBuffer())).isEqualTo(bytes.length);
      }
    },
    READ_ONLY_DIRECT {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        assertThat(socket.write(direct(bytes).asReadOnlyBuffer())).isEqualTo(bytes.length);
      }
    },
    ARRAY {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        socket.write(bytes, 0, bytes.length);
      }
    },
    VECTORED {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        ByteBuffer[] pieces = new ByteBuffer[200];
        for (int i = 0; i < pieces.length; i++) {
          int from = (int) ((long) bytes.length * i / pieces.length);
          int to = (int) ((long) bytes.length * (i + 1) / pieces.length);
          ByteBuffer part = ByteBuffer.wrap(bytes, from, to - from);
          pieces[i] =
              i < 100 && i % 10 != 9
                  ? ByteBuffer.allocateDirect(to - from).put(part).flip()
                  : i % 2 == 0 ? part : part.asReadOnlyBuffer();
        }
        pieces[17].position(pieces[17].limit());
        ByteBuffer left = ByteBuffer.wrap(bytes);
        long lost = bytes.length * 18L / pieces.length - bytes.length * 17L / pieces.length;
        assertThat(socket.write(pieces, 0, 17)).isEqualTo(bytes.length * 17L / pieces.length);
        left.position((int) (bytes.length * 17L / pieces.length));
        left.limit(left.position() + (int) lost);
        socket.write(left);
        assertThat(socket.write(pieces, 17, pieces.length - 17))
            .isEqualTo(bytes.length - bytes.length * 18L / pieces.length);
        assertThat(pieces).allMatch(piece -> !piece.hasRemaining());
      }
    },
    STREAM {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        socket.outputStream().write(bytes);
      }
    },
    FILE {
      @Override
      void write(StreamSocket socket, byte[] bytes) throws IOException {
        Path file = Files.createTempFile("gevent4j", ".bytes");
        try {
          Files.write(file, bytes);
          assertThat(socket.sendFile(file, 0, bytes.length + 1L)).isEqualTo(bytes.length);
        } finally {
          Files.delete(file);
        }
      }
    };

    abstract void write(StreamSocket socket, byte[] bytes) throws IOException;
  }

  private static byte[] readAll(StreamSocket socket, int count, boolean direct) throws IOException {
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(count) : ByteBuffer.allocate(count);
    socket.readFully(buffer);
    byte[] bytes = new byte[count];
    buffer.flip().get(bytes);
    return bytes;
  }

  private static Greenlet<Void> spawnWriter(Way way, StreamSocket socket, byte[] bytes) {
    return Gevent.spawn(
        () -> {
          way.write(socket, bytes);
          return null;
        });
  }

  /** Two at once, so that what one leaves in memory that both use would reach the other's peer. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void shouldWriteAllOfItHoweverSlowThePeerIs(Way way) throws Exception {
    for (Link link : Link.values()) {
      StreamSocket[] one = pair(link);
      StreamSocket[] another = pair(link);
      byte[] first = bytes(1_500_000, 1);
      byte[] second = bytes(1_500_000, 2);
      List<Greenlet<Void>> writers =
          List.of(spawnWriter(way, one[0], first), spawnWriter(way, another[0], second));
      Greenlet<byte[]> reader = Gevent.spawn(() -> readAll(one[1], first.length, true));
      assertThat(readAll(another[1], second.length, false)).isEqualTo(second);
      assertThat(reader.get()).isEqualTo(first);
      Gevent.joinAll(writers);
      assertThat(writers).allMatch(Greenlet::successful);
    }
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldReadWhatIsThereIntoWhatRemains(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    pair[0].write(ByteBuffer.wrap("abcdef".getBytes(UTF_8)));
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
      buffer.position(2).limit(5);
      assertThat(pair[1].read(buffer)).isEqualTo(3);
      assertThat(buffer.position()).isEqualTo(5);
      assertThat(pair[1].read(buffer)).as("nothing remains").isZero();
      buffer.clear();
      assertThat(buffer.get(1)).isZero();
      assertThat(buffer.get(5)).isZero();
      assertThat(buffer.get(2)).isIn((byte) 'a', (byte) 'd');
    }
    pair[0].close();
    assertThat(pair[1].read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(pair[1].read(ByteBuffer.allocateDirect(1))).isEqualTo(-1);
    assertThat(pair[1].read(new byte[1], 0, 1)).isEqualTo(-1);
  }

  @Test
  void shouldLetOthersRunWhileItWaits() throws Exception {
    StreamSocket[] pair = pair();
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[1]));
    turns();
    assertThat(reader.ready()).isFalse();
    say(pair[0]);
    assertThat(reader.get(LONG)).isEqualTo('!');
  }

  @Test
  void shouldRefuseBuffersAndRangesThatDontFit() throws Exception {
    StreamSocket[] pair = pair();
    StreamSocket socket = pair[0];
    byte[] bytes = new byte[4];
    for (ByteBuffer buffer : List.of(ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1))) {
      assertThatThrownBy(() -> socket.read(buffer.asReadOnlyBuffer()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("read-only");
      say(pair[1]);
      ByteBuffer[] several = {ByteBuffer.allocate(1), buffer.asReadOnlyBuffer()};
      assertThatThrownBy(() -> socket.read(several))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("read-only");
      assertThat(hear(socket)).as("nothing was read").isEqualTo('!');
    }
    int[][] ranges = {{-1, 1}, {0, 5}, {4, 1}, {1, -1}, {Integer.MAX_VALUE, 1}};
    for (int[] range : ranges) {
      List<Body> uses =
          List.of(
              () -> socket.read(bytes, range[0], range[1]),
              () -> socket.write(bytes, range[0], range[1]),
              () -> socket.inputStream().read(bytes, range[0], range[1]),
              () -> socket.outputStream().write(bytes, range[0], range[1]),
              () -> socket.write(new ByteBuffer[4], range[0], range[1]),
              () -> socket.read(new ByteBuffer[4], range[0], range[1]));
      for (Body use : uses) {
        assertThat(thrownBy(use)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
    assertThatThrownBy(() -> socket.read((ByteBuffer) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> socket.write((ByteBuffer) null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldWriteBuffersOfAllKindsAtOnce() throws Exception {
    ByteBuffer[] buffers = {
      ByteBuffer.wrap("-abc".getBytes(UTF_8)).position(1),
      direct("de".getBytes(UTF_8)),
      ByteBuffer.wrap("fgh".getBytes(UTF_8)).asReadOnlyBuffer(),
    };
    Scratch scratch = Scratch.here();
    assertThat(Pieces.put(scratch, buffers, 0, 3)).isEqualTo(3);
    assertThat(scratch.buffer().getLong(8)).isEqualTo(3);
    Pieces.advance(buffers, 0, 4);
    assertThat(buffers[0].remaining()).isZero();
    assertThat(buffers[1].remaining()).isOne();
    StreamSocket[] pair = pair();
    assertThat(pair[0].write(buffers)).isEqualTo(4);
    pair[0].close();
    assertThat(pair[1].inputStream().readAllBytes()).isEqualTo("efgh".getBytes(UTF_8));
  }

  @Test
  void shouldWriteNothingAtOnceEvenWhenNothingFits() throws Exception {
    StreamSocket[] pair = pair();
    fill(pair[0]);
    assertThat(pair[0].write(ByteBuffer.allocate(0))).isZero();
    assertThat(pair[0].write(ByteBuffer.allocateDirect(0))).isZero();
    assertThat(pair[0].write(new ByteBuffer[0])).isZero();
    pair[0].write(new byte[0], 0, 0);
  }

  @Test
  void shouldSayHowMuchIsMissingWhenTheEndComesTooEarly() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].write(ByteBuffer.wrap(new byte[3]));
    pair[0].close();
    ByteBuffer buffer = ByteBuffer.allocate(10);
    assertThatThrownBy(() -> pair[1].readFully(buffer))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("7 bytes");
    assertThat(buffer.position()).isEqualTo(3);
  }

  @Test
  void shouldScatterWhatIsThere() throws Exception {
    StreamSocket[] pair = pair();
    ByteBuffer[] buffers = {
      ByteBuffer.allocate(2),
      ByteBuffer.allocate(0),
      ByteBuffer.allocateDirect(2),
      ByteBuffer.allocate(9)
    };
    pair[0].write(ByteBuffer.wrap("abcdefg".getBytes(UTF_8)));
    assertThat(pair[1].read(buffers)).isEqualTo(7);
    assertThat(buffers[2].get(1)).isEqualTo((byte) 'd');
    assertThat(buffers[3].position()).isEqualTo(3);
    buffers[3].limit(3);
    assertThat(pair[1].read(buffers)).as("nothing remains").isZero();
    buffers[3].limit(4);
    pair[0].write(ByteBuffer.wrap(new byte[] {'h'}));
    assertThat(pair[1].read(buffers)).as("and it doesn't wait for more").isEqualTo(1);
    pair[0].close();
    buffers[0].clear();
    assertThat(pair[1].read(buffers)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldGoOnInOneDirectionWhenTheOtherIsShutDown(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    pair[0].write(ByteBuffer.wrap(new byte[] {'?'}));
    pair[0].shutdownOutput();
    assertThat(hear(pair[1])).isEqualTo('?');
    assertThat(hear(pair[1])).isEqualTo(-1);
    say(pair[1]);
    assertThat(hear(pair[0])).isEqualTo('!');
    assertThatThrownBy(() -> say(pair[0]))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("EPIPE")
        .hasMessageContaining("write to");
    pair[0].shutdownInput();
    assertThat(hear(pair[0])).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldWakeWhoReadsWhenInputIsShutDown(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
    turns();
    pair[0].shutdownInput();
    assertThat(reader.get(LONG)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldWakeWhoWritesWhenOutputIsShutDown(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    Greenlet<Throwable> writer = Gevent.spawn(() -> thrownBy(() -> flood(pair[0])));
    turns();
    assertThat(writer.ready()).isFalse();
    pair[0].shutdownOutput();
    assertThat(writer.get(LONG)).isInstanceOf(SocketException.class).hasMessageContaining("EPIPE");
  }

  @Test
  void shouldBeReadAndWrittenAsStreams() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].outputStream().write('a');
    pair[0].outputStream().write(0xff);
    assertThat(pair[1].inputStream().read()).isEqualTo('a');
    assertThat(pair[1].inputStream().read()).isEqualTo(0xff);
    byte[] much = bytes(300_000, 3);
    Greenlet<Void> writer =
        Gevent.spawn(
            () -> {
              pair[0].outputStream().write(much);
              pair[0].outputStream().close();
              return null;
            });
    assertThat(pair[1].inputStream().readAllBytes()).isEqualTo(much);
    writer.get();
    assertThat(pair[0].isOpen()).isFalse();
    pair[1].inputStream().close();
    assertThat(pair[1].isOpen()).isFalse();
  }

  // gevent: test__makefile_ref.py, where the last one of those who hold it closes it
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCloseItsDescriptorWithEitherStream(boolean input) throws Exception {
    StreamSocket[] pair = pair();
    InputStream in = pair[0].inputStream();
    OutputStream out = pair[0].outputStream();
    pair[1].shutdownOutput();
    assertThat(in.read()).isEqualTo(-1);
    assertThat(pair[0].isOpen()).as("after its end").isTrue();
    String file = file(pair[0].fileno());
    int fd = pair[0].fileno();
    (input ? in : out).close();
    assertThat(file(fd)).isNotEqualTo(file);
    assertThat(thrownBy(in::read)).isInstanceOf(SocketClosedException.class);
    assertThat(thrownBy(() -> out.write(1))).isInstanceOf(SocketClosedException.class);
    in.close();
    out.close();
  }

  @Test
  void shouldSendPartsOfFiles() throws Exception {
    StreamSocket[] pair = pair();
    Path file = Files.writeString(directory.resolve("file"), "0123456789");
    assertThat(pair[0].sendFile(file, 3, 4)).isEqualTo(4);
    assertThat(pair[0].sendFile(file, 8, 100)).isEqualTo(2);
    assertThat(pair[0].sendFile(file, 10, 100)).isZero();
    assertThat(pair[0].sendFile(file, 0, 0)).isZero();
    pair[0].close();
    assertThat(pair[1].inputStream().readAllBytes()).isEqualTo("345689".getBytes(UTF_8));
    assertThatThrownBy(() -> pair[1].sendFile(file, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pair[1].sendFile(directory.resolve("none"), 0, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("ENOENT");
  }

  @Test
  void shouldNameItsAddresses() throws Exception {
    for (Link link : List.of(Link.TCP, Link.TCP6, Link.UNIX)) {
      StreamSocket[] pair = pair(link);
      assertThat(pair[0].remoteAddress()).isEqualTo(pair[1].localAddress());
      assertThat(pair[1].remoteAddress()).isEqualTo(pair[0].localAddress());
      assertThat(pair[0].toString()).contains("fd=" + pair[0].fileno());
    }
  }
}
