package io.gevent4j.resolver;

import io.gevent4j.Hub;
import io.gevent4j.Waiter;
import io.gevent4j.binding.Native;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Asks the name servers itself, by c-ares, on the hub's loop: any number of lookups at once, and no
 * threads. Like the C library it reads the hosts file and {@code /etc/resolv.conf}, the latter
 * once; unlike it, it knows no other sources of names (mDNS, NIS, LDAP), and ignores the flags
 * AI_ADDRCONFIG, AI_V4MAPPED and AI_ALL.
 *
 * <p>A truncated answer is asked for again over TCP. A server that doesn't answer is asked again
 * later, and another one first; a lookup that nobody has answered is {@linkplain
 * LookupException#isTemporary temporary}.
 *
 * <p><b>Thread rule:</b> the greenlets of its hub.
 *
 * <p>gevent: {@code gevent.resolver.ares.Resolver}.
 */
public final class AresResolver extends LocalFirst {
  private final Hub hub = Hub.get();
  private final Runnable closer = this::release;
  private final Map<Long, Waiter<Answer>> waiting = new HashMap<>(); // by number of the request
  private final AresWatchers watchers;
  private long ptr; // gevent4j.h's gv_resolver; 0 when closed

  /** In the calling thread's hub, as {@link io.gevent4j.Config} says. */
  public AresResolver() {
    this(AresOptions.ofConfig());
  }

  /**
   * In the calling thread's hub.
   *
   * @throws IllegalArgumentException if a server is no IP address
   * @throws UnsupportedOperationException if c-ares can't start
   */
  public AresResolver(AresOptions options) {
    Objects.requireNonNull(options, "options");
    this.watchers = new AresWatchers(hub.loop(), this::process);
    int[] status = new int[1];
    this.ptr =
        Native.gv_resolver_new(
            options.servers,
            options.timeout,
            options.tries,
            options.ndots,
            options.udpPort,
            options.tcpPort,
            options.flags,
            status);
    if (ptr == 0) {
      throw refused(status[0], options);
    }
    hub.onClose(closer);
  }

  static RuntimeException refused(int status, AresOptions options) {
    if (status == Native.GV_ENOMEM) {
      throw new OutOfMemoryError("cannot make a resolver");
    }
    return status == Native.GV_EINVAL
        ? new IllegalArgumentException("not IP addresses of name servers: " + options.servers)
        : new UnsupportedOperationException(
            "cannot start c-ares: " + Native.gv_status_text(status));
  }

  @Override
  void requireUsable(String operation) {
    if (ptr == 0) {
      throw new IllegalStateException("cannot " + operation + ": closed: " + this);
    }
    if (!hub.isHere()) {
      throw new IllegalStateException(
          "cannot " + operation + ": " + this + " belongs to another thread");
    }
  }

  // ---- questions ----

  /** Which types of sockets there are for a service the system tells, so that both agree. */
  @Override
  List<AddressInfo> findAddresses(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException {
    String subject = subject(host, service);
    String port = service == null ? "0" : service;
    int numeric = flags & AI_NUMERICSERV;
    List<AddressInfo> kinds =
        SystemCall.addresses(null, port, AF_INET, socketType, protocol, AI_PASSIVE | numeric)
            .require("getAddrInfo", subject)
            .addresses(null);
    List<AddressInfo> found =
        await(Native.gv_resolver_addresses(ptr, host, family, flags))
            .require("getAddrInfo", subject)
            .addresses(host);
    String canonical = (flags & AI_CANONNAME) != 0 ? found.get(0).canonicalName() : "";
    List<AddressInfo> infos = new ArrayList<>();
    for (AddressInfo each : found) {
      for (AddressInfo kind : kinds) {
        infos.add(
            new AddressInfo(
                each.family(),
                kind.socketType(),
                kind.protocol(),
                infos.isEmpty() ? canonical : "",
                new InetSocketAddress(each.address().getAddress(), kind.address().getPort())));
      }
    }
    return infos;
  }

  @Override
  Answer findHost(String name) {
    return await(Native.gv_resolver_host(ptr, name));
  }

  @Override
  Answer findHostOf(byte[] address) {
    return await(Native.gv_resolver_host_of(ptr, address, address.length));
  }

  @Override
  Answer findName(byte[] address, int scope, int port, int flags) {
    return await(Native.gv_resolver_name(ptr, address, address.length, scope, port, flags));
  }

  // ---- the way of a request ----

  /** Waits for the answer to a request that was just made. */
  private Answer await(long request) {
    if (request < 0) {
      throw new OutOfMemoryError("cannot look up a name");
    }
    Waiter<Answer> waiter = new Waiter<>();
    waiting.put(request, waiter);
    hub.loop().ref(); // for c-ares's own watchers don't count: they also serve those who have gone
    try {
      settle();
      return waiter.get();
    } finally {
      waiting.remove(request);
      if (hub.isInCharge() && !hub.loop().isClosed()) {
        hub.loop().unref();
        forgetTheUnwanted();
      }
    }
  }

  /** When nobody waits any more. */
  private void forgetTheUnwanted() {
    if (ptr != 0 && waiting.isEmpty() && Native.gv_resolver_pending(ptr) > 0) {
      Native.gv_resolver_cancel(ptr);
      settle();
    }
  }

  /** In the hub: a watcher has fired. */
  private void process(int fd, int events) {
    if (ptr != 0) {
      Native.gv_resolver_process(ptr, fd, events);
      settle();
    }
  }

  /** After each call: hands out the answers, and watches what is to be watched now. */
  private void settle() {
    for (long answer; (answer = Native.gv_resolver_take(ptr)) != 0; ) {
      Waiter<Answer> waiter = waiting.get(Native.gv_answer_request(answer));
      Answer taken = Answer.take(answer);
      if (waiter != null) {
        waiter.switchTo(taken);
      }
    }
    for (long change; (change = Native.gv_resolver_change(ptr)) >= 0; ) {
      watchers.watch((int) change, (int) (change >> 32));
    }
    watchers.wakeAfter(Native.gv_resolver_timeout(ptr));
  }

  // ---- the end ----

  @Override
  public void close() {
    if (ptr == 0) {
      return;
    }
    if (!hub.isHere()) {
      throw new IllegalStateException("only the thread of its hub can close " + this);
    }
    hub.forgetOnClose(closer);
    Native.gv_resolver_cancel(ptr);
    settle(); // all who wait have their answer
    release();
  }

  /** Nobody waits; the hub may be closed. */
  private void release() {
    long released = ptr;
    ptr = 0;
    if (released != 0) {
      watchers.close();
      Native.gv_resolver_free(released);
    }
  }

  @Override
  public String toString() {
    return "AresResolver@"
        + Integer.toHexString(hashCode())
        + "["
        + (ptr == 0 ? "closed" : waiting.size() + " lookups")
        + ", "
        + hub.name()
        + "]";
  }
}
