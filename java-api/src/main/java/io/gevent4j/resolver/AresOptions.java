package io.gevent4j.resolver;

import static java.util.stream.Collectors.joining;

import io.gevent4j.Config;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an {@link AresResolver} asks. What isn't said is as c-ares has it, which reads {@code
 * /etc/resolv.conf}. Not for several threads.
 *
 * <p>gevent: the keyword arguments of {@code gevent.resolver.ares.Resolver}.
 */
public final class AresOptions {
  private static final int UNSAID = -1;
  private static final int LAST_PORT = 65535;
  private static final Pattern PORT = Pattern.compile("(?:\\[.*]|[^:]*):([0-9]+) *");

  String servers; // null: the system's
  int timeout = UNSAID; // ms
  int tries = UNSAID;
  int ndots = UNSAID;
  int udpPort = UNSAID;
  int tcpPort = UNSAID;
  int flags = UNSAID;

  /** Nothing said. */
  public AresOptions() {}

  /** What the settings of {@link Config} say. */
  static AresOptions ofConfig() {
    AresOptions options = new AresOptions();
    String servers = Config.RESOLVER_NAMESERVERS.value();
    if (!servers.isBlank()) {
      options.servers(servers.split(","));
    }
    double timeout = Config.RESOLVER_TIMEOUT.value();
    options.timeout = timeout == 0 ? UNSAID : (int) Math.ceil(timeout * 1e3);
    options.tries = Config.ARES_TRIES.value();
    options.ndots = Config.ARES_NDOTS.value();
    options.udpPort = Config.ARES_UDP_PORT.value();
    options.tcpPort = Config.ARES_TCP_PORT.value();
    options.flags = Config.ARES_FLAGS.value();
    return options;
  }

  /** IP addresses of name servers, such as {@code 10.0.0.53} or {@code [::1]:5353}. */
  public AresOptions servers(List<String> servers) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no name servers");
    }
    for (String server : servers) {
      requirePort(server);
    }
    this.servers = servers.stream().map(String::trim).collect(joining(","));
    return this;
  }

  /** c-ares takes any number. */
  private static void requirePort(String server) {
    Matcher matcher = PORT.matcher(server);
    if (matcher.matches() && (matcher.group(1).length() > 5 || port(matcher) > LAST_PORT)) {
      throw new IllegalArgumentException("port out of range: " + server);
    }
  }

  private static int port(Matcher matcher) {
    return Integer.parseInt(matcher.group(1));
  }

  /** As {@link #servers(List)}. */
  public AresOptions servers(String... servers) {
    return servers(List.of(servers));
  }

  /** For how long the first try waits; each further one waits twice as long. */
  public AresOptions timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.toHours() > 24) {
      throw new IllegalArgumentException("cannot ask again after " + timeout);
    }
    this.timeout = (int) Math.max(1, timeout.toMillis());
    return this;
  }

  /** How often each server is asked. */
  public AresOptions tries(int tries) {
    this.tries = requireRange("tries", tries, 1, 100);
    return this;
  }

  /** A name with so many dots is complete, and is asked for before it is completed. */
  public AresOptions ndots(int ndots) {
    this.ndots = requireRange("ndots", ndots, 0, 255);
    return this;
  }

  /** Of servers that are named without a port. */
  public AresOptions udpPort(int port) {
    this.udpPort = requireRange("port", port, 1, LAST_PORT);
    return this;
  }

  /** Of servers that are named without a port. */
  public AresOptions tcpPort(int port) {
    this.tcpPort = requireRange("port", port, 1, LAST_PORT);
    return this;
  }

  /** c-ares's ARES_FLAG_..., or'ed. */
  public AresOptions flags(int flags) {
    this.flags = requireRange("flags", flags, 0, 0xffff);
    return this;
  }

  private static int requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " from " + least + " to " + most + ", not " + value);
    }
    return value;
  }
}
