package io.gevent4j.socket;

import io.gevent4j.greenlet.Scratch;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An address that a datagram came from or goes to, in both forms, so that neither is made twice.
 */
final class Peer {
  static final Peer NOBODY = new Peer(null, new long[2]);

  private final SocketAddress address; // null: none
  private final long[] words; // of its gv_address: as far as its bytes go

  private Peer(SocketAddress address, long[] words) {
    this.address = address;
    this.words = words;
  }

  /** For a socket of this family. */
  static Peer of(SocketAddress address, int family) {
    ByteBuffer buffer = ByteBuffer.allocate(Addresses.SIZE).order(ByteOrder.nativeOrder());
    Addresses.put(buffer, address, family);
    return new Peer(address, words(buffer, 0));
  }

  /** That of the datagram in the scratch. */
  static Peer in(Scratch scratch) {
    ByteBuffer part = scratch.buffer().clear().position(Datagram.ADDRESS).slice();
    SocketAddress address = Addresses.get(part.order(scratch.buffer().order()));
    return address == null ? NOBODY : new Peer(address, words(scratch.buffer(), Datagram.ADDRESS));
  }

  private static long[] words(ByteBuffer buffer, int at) {
    int length = buffer.getInt(at + Addresses.LENGTH);
    long[] words = new long[(Addresses.BYTES + length + Long.BYTES - 1) / Long.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = buffer.getLong(at + Long.BYTES * i);
    }
    return words;
  }

  /** Null if there is none. */
  SocketAddress address() {
    return address;
  }

  boolean is(SocketAddress other) {
    return address == other && address != null
        || address != null && address.equals(other) && scope(address) == scope(other);
  }

  /** Which addresses don't compare. */
  private static int scope(SocketAddress address) {
    return address instanceof InetSocketAddress internet
            && internet.getAddress() instanceof Inet6Address sixth
        ? sixth.getScopeId()
        : 0;
  }

  /** Whether it is that of the datagram in the scratch. */
  boolean isIn(Scratch scratch) {
    ByteBuffer buffer = scratch.buffer();
    for (int i = 0; i < words.length; i++) {
      if (buffer.getLong(Datagram.ADDRESS + Long.BYTES * i) != words[i]) {
        return false;
      }
    }
    return true;
  }

  /** Makes it that of the datagram in the scratch. */
  void put(Scratch scratch) {
    ByteBuffer buffer = scratch.buffer();
    for (int i = 0; i < words.length; i++) {
      buffer.putLong(Datagram.ADDRESS + Long.BYTES * i, words[i]);
    }
  }
}
