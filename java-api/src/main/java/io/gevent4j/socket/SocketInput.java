package io.gevent4j.socket;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A connection as a stream of bytes that come in. */
final class SocketInput extends InputStream {
  private final ByteFlow socket;

  SocketInput(ByteFlow socket) {
    this.socket = socket;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return socket.read(bytes, offset, length);
  }

  @Override
  public int available() throws IOException {
    return socket.available();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
