package io.gevent4j.socket;

import java.io.Closeable;
import java.io.IOException;

/** What the streams need of a connection. */
interface ByteFlow extends Closeable {
  /** Returns how many bytes were read, at least one unless none is wanted; -1 at the end. */
  int read(byte[] bytes, int offset, int length) throws IOException;

  /** How many bytes can be read without waiting, or fewer. */
  int available() throws IOException;

  /** Writes all of it. */
  void write(byte[] bytes, int offset, int length) throws IOException;
}
