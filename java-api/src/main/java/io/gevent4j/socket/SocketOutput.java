package io.gevent4j.socket;

import java.io.IOException;
import java.io.OutputStream;

/** A connection as a stream of bytes that go out. */
final class SocketOutput extends OutputStream {
  private final ByteFlow socket;

  SocketOutput(ByteFlow socket) {
    this.socket = socket;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    socket.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
