package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Between the JDK's addresses and gevent4j.h's gv_address. */
final class Addresses {
  /** Bytes of a gv_address. */
  static final int SIZE = 128;

  /** Where it has the number of its bytes, and where they begin. */
  static final int LENGTH = 12;

  static final int BYTES = 16;
  private static final int PATH_MOST = 108; // else the system says so
  private static final Charset PATHS = charsetOfPaths();

  private Addresses() {}

  private static Charset charsetOfPaths() {
    String name = System.getProperty("sun.jnu.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.UTF_8;
  }

  /** GV_INET, GV_INET6 or GV_UNIX. */
  static int family(SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress) {
      return Native.GV_UNIX;
    }
    return requireResolved(address).getAddress() instanceof Inet6Address
        ? Native.GV_INET6
        : Native.GV_INET;
  }

  private static InetSocketAddress requireResolved(SocketAddress address) {
    if (!(address instanceof InetSocketAddress)) {
      throw new IllegalArgumentException("not an internet or unix address: " + address);
    }
    InetSocketAddress internet = (InetSocketAddress) address;
    if (internet.isUnresolved()) {
      throw new java.nio.channels.UnresolvedAddressException();
    }
    return internet;
  }

  /** Writes it at the beginning of the buffer, for a socket of this family. */
  static void put(ByteBuffer to, SocketAddress address, int family) {
    to.clear();
    if (address instanceof UnixDomainSocketAddress) {
      byte[] path = ((UnixDomainSocketAddress) address).getPath().toString().getBytes(PATHS);
      if (path.length == 0 || path.length > PATH_MOST) {
        throw new IllegalArgumentException(
            (path.length == 0 ? "no path" : "too long") + " for a unix socket: '" + address + "'");
      }
      put(to, Native.GV_UNIX, 0, 0, path);
      return;
    }
    InetSocketAddress internet = requireResolved(address);
    byte[] bytes = internet.getAddress().getAddress();
    int scope = 0;
    if (internet.getAddress() instanceof Inet6Address) {
      if (family == Native.GV_INET) {
        throw new IllegalArgumentException("no address of IPv4: " + address);
      }
      scope = ((Inet6Address) internet.getAddress()).getScopeId();
    } else if (family == Native.GV_INET6) {
      bytes = mapped(bytes);
    }
    put(to, bytes.length == 4 ? Native.GV_INET : Native.GV_INET6, internet.getPort(), scope, bytes);
  }

  /** An address of IPv4 for a socket of IPv6. */
  private static byte[] mapped(byte[] bytes) {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }

  private static void put(ByteBuffer to, int family, int port, int scope, byte[] bytes) {
    to.putInt(family).putInt(port).putInt(scope).putInt(bytes.length).put(bytes);
  }

  /** The one at the beginning of the buffer; null if there is none. */
  static SocketAddress get(ByteBuffer from) {
    from.clear();
    int family = from.getInt();
    int port = from.getInt();
    int scope = from.getInt();
    byte[] bytes = new byte[from.getInt()];
    from.get(bytes);
    if (family == 0) {
      return null;
    }
    if (family == Native.GV_UNIX) {
      return UnixDomainSocketAddress.of(path(bytes));
    }
    return new InetSocketAddress(internet(bytes, scope), port);
  }

  /**
   * Empty for one without a name, or with one that Java has no path for: of no file system, too.
   */
  private static Path path(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] == 0) {
      return Path.of("");
    }
    try {
      return FileSystems.getDefault().getPath(new String(bytes, PATHS));
    } catch (InvalidPathException e) { // where paths are ASCII, as in most services
      return Path.of("");
    }
  }

  private static InetAddress internet(byte[] bytes, int scope) {
    try {
      return scope == 0
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) { // not with 4 or 16 bytes
      throw new AssertionError(e);
    }
  }
}
