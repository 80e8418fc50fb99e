package io.gevent4j.resolver;

import io.gevent4j.Config;
import io.gevent4j.Hub;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Which resolver each hub has. */
final class HubResolvers {
  private static final Map<Hub, Resolver> RESOLVERS = new ConcurrentHashMap<>(); // of open hubs

  private HubResolvers() {}

  /** That of the calling thread's hub. */
  static Resolver of(Hub hub) {
    Resolver known = RESOLVERS.get(hub);
    return known != null ? known : made(hub);
  }

  private static Resolver made(Hub hub) {
    Resolver made = firstOf(Config.RESOLVER.value());
    set(hub, made);
    return made;
  }

  static void set(Hub hub, Resolver resolver) {
    RESOLVERS.put(hub, Objects.requireNonNull(resolver, "resolver"));
    hub.onClose(() -> RESOLVERS.remove(hub)); // it closes itself, being of the hub
  }

  /** The first one of the list that can be made here. */
  private static Resolver firstOf(String names) {
    RuntimeException first = null;
    for (String name : names.split(",")) {
      try {
        return byName(name.trim());
      } catch (UnsupportedOperationException refused) {
        first = first == null ? refused : first;
      }
    }
    throw first;
  }

  private static Resolver byName(String name) {
    switch (name) {
      case "ares":
        return new AresResolver();
      case "block":
        return BlockResolver.SHARED;
      default:
        return new ThreadResolver();
    }
  }
}
