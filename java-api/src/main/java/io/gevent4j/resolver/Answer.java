package io.gevent4j.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.binding.Native;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What the native side has found, or why it hasn't: gevent4j.h's gv_answer, read once. */
final class Answer {
  private final int status; // gevent4j.h's enum gv_lookup
  private final ByteBuffer packed;

  private Answer(int status, byte[] bytes) {
    this.status = status;
    this.packed = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Copies a native answer and frees it. */
  static Answer take(long ptr) {
    if (ptr == 0) {
      throw new OutOfMemoryError("cannot look up a name");
    }
    try {
      byte[] bytes = new byte[Native.gv_answer_size(ptr)];
      Native.gv_answer_copy(ptr, bytes);
      return new Answer(Native.gv_answer_status(ptr), bytes);
    } finally {
      Native.gv_answer_free(ptr);
    }
  }

  /** For those who wait for a resolver that is being closed. */
  static Answer closed() {
    byte[] why = "the resolver was closed".getBytes(UTF_8);
    ByteBuffer packed = ByteBuffer.allocate(4 + why.length).order(ByteOrder.nativeOrder());
    return new Answer(Native.GV_LOOKUP_CLOSED, packed.putInt(why.length).put(why).array());
  }

  /** Whether the name doesn't exist. */
  boolean isUnknown() {
    return status == Native.GV_LOOKUP_UNKNOWN;
  }

  /** Returns this if something was found. */
  Answer require(String operation, Object subject) throws LookupException {
    if (status == Native.GV_LOOKUP_NOMEM) {
      throw new OutOfMemoryError("cannot " + operation + " " + subject);
    }
    if (status != Native.GV_LOOKUP_OK) {
      throw new LookupException(
          operation + " " + subject + ": " + string(), status == Native.GV_LOOKUP_AGAIN);
    }
    return this;
  }

  // ---- unpacking ----

  /** Of an answer with addresses; they are to know the name; null: they have none. */
  List<AddressInfo> addresses(String name) throws UnknownHostException {
    List<AddressInfo> infos = new ArrayList<>();
    while (packed.hasRemaining()) {
      int family = packed.getInt();
      int type = packed.getInt();
      int protocol = packed.getInt();
      int port = packed.getInt();
      int scope = packed.getInt();
      InetAddress address = address(name, bytes(), scope);
      String canonical = string();
      infos.add(
          new AddressInfo(
              family,
              type,
              protocol,
              canonical == null ? "" : canonical,
              new InetSocketAddress(address, port)));
    }
    return infos;
  }

  /** Of an answer with a host; its addresses are to know this name; null: the host's. */
  HostInfo host(String name) throws UnknownHostException {
    String canonical = string();
    List<String> aliases = new ArrayList<>();
    for (int count = packed.getInt(); count > 0; count--) {
      aliases.add(string());
    }
    packed.getInt(); // the family, which the size of an address tells too
    List<InetAddress> addresses = new ArrayList<>();
    for (int count = packed.getInt(); count > 0; count--) {
      addresses.add(address(name == null ? canonical : name, bytes(), 0));
    }
    return new HostInfo(canonical, aliases, addresses);
  }

  /** Of an answer with names. */
  NameInfo name() {
    return new NameInfo(string(), string());
  }

  /** One that was mapped from IPv4 stays IPv6's. */
  private static InetAddress address(String name, byte[] bytes, int scope)
      throws UnknownHostException {
    return bytes.length == 4
        ? InetAddress.getByAddress(name, bytes)
        : Inet6Address.getByAddress(name, bytes, scope == 0 ? -1 : scope);
  }

  private String string() {
    byte[] bytes = bytes();
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private byte[] bytes() {
    int size = packed.getInt();
    if (size < 0) {
      return null;
    }
    byte[] bytes = new byte[size];
    packed.get(bytes);
    return bytes;
  }
}
