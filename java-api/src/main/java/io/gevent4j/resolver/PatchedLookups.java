package io.gevent4j.resolver;

import io.gevent4j.Config;
import io.gevent4j.binding.Native;

/**
 * The resolver behind the JDK's own lookups, where {@link io.gevent4j.monkey.Monkey#patchDns} has
 * them wait in a hub: {@code ares} on the hub's loop; {@code thread} on the kernel thread that the
 * greenlet has lent, so that {@link Config#RESOLVER_THREADS} doesn't limit it; {@code block}.
 *
 * <p>gevent: the functions of {@code socket} that {@code patch_dns} replaces.
 */
public final class PatchedLookups {
  private PatchedLookups() {}

  /**
   * From now on they are as {@link Config} says, in all hubs. {@link Resolver#set} is not for them.
   *
   * <p><b>Thread rule:</b> any thread.
   *
   * @throws IllegalArgumentException if a name server is no IP address
   * @throws UnsupportedOperationException if none of the resolvers in question can be had here
   */
  public static void configure() {
    int status = Native.GV_EUNSUPPORTED;
    for (String name : Config.RESOLVER.value().split(",")) {
      status = choose(name.trim());
      if (status != Native.GV_EUNSUPPORTED) {
        break;
      }
    }
    if (status != Native.GV_OK) {
      throw AresResolver.refused(status, AresOptions.ofConfig());
    }
  }

  private static int choose(String name) {
    switch (name) {
      case "ares":
        return choose(Native.GV_NAMES_ARES, AresOptions.ofConfig());
      case "block":
        return choose(Native.GV_NAMES_BLOCK, new AresOptions());
      default:
        return choose(Native.GV_NAMES_AWAY, new AresOptions());
    }
  }

  private static int choose(int who, AresOptions options) {
    return Native.gv_patch_names(
        who,
        options.servers,
        options.timeout,
        options.tries,
        options.ndots,
        options.udpPort,
        options.tcpPort,
        options.flags);
  }
}
