package io.gevent4j;

import static io.gevent4j.Setting.Source.ENVIRONMENT;
import static io.gevent4j.Setting.Source.PROPERTY;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All settings; {@code bin/gevent4j config} prints them. {@link Setting} tells where their values
 * come from, and until when. gevent: {@code gevent.config}, with the same environment variables.
 */
public final class Config {
  private static final List<Setting<?>> ALL = new ArrayList<>();

  // ---- the hub and its loop ----

  public static final Setting<String> LOOP =
      add("loop", "GEVENT_LOOP", "libev", Values.oneOf("libev", "libuv"), "library of new loops");

  /** {@code none} leaves the choice to libev. gevent: {@code libev_backend}. */
  public static final Setting<String> BACKEND =
      add(
          "backend",
          "GEVENT_BACKEND",
          "none",
          Values.oneOf("none", "epoll", "linux_aio", "iouring", "linux_iouring", "poll", "select"),
          "how libev asks the kernel");

  /** In seconds. gevent: {@code setswitchinterval}. */
  public static final Setting<Double> SWITCH_INTERVAL =
      add(
          "switchInterval",
          "GEVENT4J_SWITCH_INTERVAL",
          "0.0001",
          Values.seconds("0.000001", "60"),
          "how long greenlets may keep a hub from polling");

  // ---- what a Greenlet remembers ----

  public static final Setting<Boolean> TRACK_GREENLET_TREE =
      add(
          "trackGreenletTree",
          "GEVENT_TRACK_GREENLET_TREE",
          "true",
          Values.bool(),
          "whether a greenlet knows who spawned it, and where");

  /** In frames. gevent: {@code Greenlet.spawning_stack_limit}. */
  public static final Setting<Integer> SPAWNING_STACK_LIMIT =
      add(
          "spawningStackLimit",
          "GEVENT4J_SPAWNING_STACK_LIMIT",
          "10",
          Values.count(),
          "frames kept of where it was spawned");

  // ---- names of hosts ----

  /** The first that can be had serves. gevent: the same, with {@code dnspython}. */
  public static final Setting<String> RESOLVER =
      add(
          "resolver",
          "GEVENT_RESOLVER",
          "thread,ares,block",
          Values.firstOf("thread", "ares", "block"),
          "who looks up names of hosts");

  /** gevent has no such setting: its resolver shares the ten threads of the hub's pool. */
  public static final Setting<Integer> RESOLVER_THREADS =
      add(
          "resolverThreads",
          "GEVENT4J_RESOLVER_THREADS",
          "10",
          Values.count(1, 10_000),
          "lookups at once of the resolver thread");

  /** Of ares only; none: the system's. gevent: {@code resolver_nameservers}. */
  public static final Setting<String> RESOLVER_NAMESERVERS =
      add(
          "resolverNameservers",
          "GEVENT_RESOLVER_NAMESERVERS",
          "none",
          Values.servers(),
          "whom the resolver ares asks");

  /** In seconds, of ares only; 0: c-ares's own. gevent: {@code resolver_timeout}. */
  public static final Setting<Double> RESOLVER_TIMEOUT =
      add(
          "resolverTimeout",
          "GEVENT_RESOLVER_TIMEOUT",
          "0",
          Values.seconds("0", "3600"),
          "until the resolver ares asks again, 0 for its own");

  /** gevent: the same. */
  public static final Setting<Integer> ARES_TRIES =
      add(
          "aresTries",
          "GEVENTARES_TRIES",
          "none",
          Values.countOrNone(100),
          "how often the resolver ares asks each server");

  /** gevent: the same. */
  public static final Setting<Integer> ARES_NDOTS =
      add(
          "aresNdots",
          "GEVENTARES_NDOTS",
          "none",
          Values.countOrNone(255),
          "dots of names that are complete");

  /** Of servers that are named without one. gevent: the same. */
  public static final Setting<Integer> ARES_UDP_PORT =
      add("aresUdpPort", "GEVENTARES_UDP_PORT", "none", Values.countOrNone(65535), "of servers");

  /** Of servers that are named without one. gevent: the same. */
  public static final Setting<Integer> ARES_TCP_PORT =
      add("aresTcpPort", "GEVENTARES_TCP_PORT", "none", Values.countOrNone(65535), "of servers");

  /** c-ares's ARES_FLAG_..., or'ed. gevent: the same. */
  public static final Setting<Integer> ARES_FLAGS =
      add("aresFlags", "GEVENTARES_FLAGS", "none", Values.countOrNone(0xffff), "c-ares's flags");

  // ---- what greenlets run on; the package below, and C, read these at the first greenlet ----

  /** In bytes. */
  public static final Setting<Long> STACK_SIZE =
      add(
          PROPERTY,
          "stackSize",
          "GEVENT4J_STACK_SIZE",
          "256k",
          Values.size("144k", "1g"),
          "stack of a greenlet");

  public static final Setting<String> SPARE_LENDERS =
      add(
          PROPERTY,
          "spareLenders",
          "GEVENT4J_SPARE_LENDERS",
          "8..1024",
          Values.bounds(),
          "spare stacks kept warm");

  /** A wish. {@code bin/gevent4j version} tells what serves, and why. */
  public static final Setting<String> SWITCH =
      add(
          ENVIRONMENT,
          "switch",
          "GEVENT4J_SWITCH",
          "swap",
          Values.oneOf("swap", "baton"),
          "way of switching, by environment only");

  private Config() {}

  /** Every setting, in the order of this class. Any thread. */
  public static List<Setting<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  private static <T> Setting<T> add(
      String name, String environment, String byDefault, Values<T> values, String meaning) {
    return add(Setting.Source.CODE, name, environment, byDefault, values, meaning);
  }

  private static <T> Setting<T> add(
      Setting.Source strongest,
      String name,
      String environment,
      String byDefault,
      Values<T> values,
      String meaning) {
    Setting<T> setting = new Setting<>(strongest, name, environment, byDefault, values, meaning);
    ALL.add(setting);
    return setting;
  }
}
