package io.gevent4j.resolver;

import static io.gevent4j.resolver.Resolver.AF_INET;
import static io.gevent4j.resolver.Resolver.AF_INET6;
import static io.gevent4j.resolver.Resolver.AI_ADDRCONFIG;
import static io.gevent4j.resolver.Resolver.AI_ALL;
import static io.gevent4j.resolver.Resolver.AI_V4MAPPED;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names and addresses the C library finds in the hosts file, and so without asking anybody:
 * those that it has, where {@code /etc/nsswitch.conf} names that file first. What they stand for is
 * the C library's to say. In doubt it has them not, and who asks may have to wait.
 *
 * <p><b>Thread rule:</b> any thread.
 */
final class HostsFile {
  static final HostsFile SYSTEM =
      new HostsFile(Path.of("/etc/hosts"), Path.of("/etc/nsswitch.conf"));

  private static final Pattern SPACE = Pattern.compile("\\s+");

  /** As inet_pton has it: {@code 127.1} and {@code 010.0.0.1} are none. */
  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final int FOUR = 1;
  private static final int SIX = 2;

  /** Names in small letters, with the kinds of addresses that they have. */
  private record Hosts(Map<String, Integer> names, Set<ByteBuffer> addresses) {}

  private final Reread<Hosts> hosts;
  private final Reread<Boolean> first;

  HostsFile(Path hosts, Path services) {
    this.hosts = new Reread<>(hosts, HostsFile::parse, new Hosts(Map.of(), Set.of()));
    this.first = new Reread<>(services, HostsFile::namesFilesFirst, false);
  }

  // ---- questions ----

  /** Whether getaddrinfo finds all that it looks for then; the name is ASCII. */
  boolean hasName(String name, int family, int flags) {
    int kinds = kindsOf(name);
    if (family == AF_INET) {
      return (kinds & FOUR) != 0;
    }
    boolean both = (flags & (AI_ADDRCONFIG | AI_V4MAPPED | AI_ALL)) != 0;
    return both ? kinds == (FOUR | SIX) : family == AF_INET6 ? (kinds & SIX) != 0 : kinds != 0;
  }

  private int kindsOf(String name) {
    Integer kinds = hosts.value().names.get(name.toLowerCase(Locale.ROOT));
    return kinds != null && first.value() ? kinds : 0;
  }

  /** Whether it has this address, and a name for it. */
  boolean hasAddress(byte[] address) {
    return hosts.value().addresses.contains(ByteBuffer.wrap(address)) && first.value();
  }

  // ---- the files ----

  private static Hosts parse(String text) {
    Map<String, Integer> names = new HashMap<>();
    Set<ByteBuffer> addresses = new HashSet<>();
    for (String line : lines(text)) {
      String[] words = SPACE.split(line);
      byte[] address = address(words[0]);
      if (address != null && words.length > 1) {
        addresses.add(ByteBuffer.wrap(address));
        for (int i = 1; i < words.length; i++) {
          int kind = address.length == 4 ? FOUR : SIX;
          names.merge(words[i].toLowerCase(Locale.ROOT), kind, (one, other) -> one | other);
        }
      }
    }
    return new Hosts(names, addresses);
  }

  /** What stands in it beside comments and room. */
  private static List<String> lines(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Null for what the C library doesn't take for one. */
  private static byte[] address(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress(); // which asks nobody for such a text
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Where it says {@code [SUCCESS=merge]} or the like, the next one is asked as well. */
  private static boolean namesFilesFirst(String text) {
    List<String> said = lines(text).stream().filter(line -> line.startsWith("hosts:")).toList();
    if (said.size() != 1) {
      return false; // without a word the order is the C library's, which may be another one
    }
    String services = said.get(0).substring("hosts:".length()).strip().toLowerCase(Locale.ROOT);
    return services.matches("files(\\s+\\[(?![^]]*(success|!))[^]]*])*(\\s*|\\s+[^\\[\\s].*)");
  }
}
