package io.gevent4j.monkey;

import io.gevent4j.Hub;
import io.gevent4j.greenlet.Guests;
import io.gevent4j.resolver.PatchedLookups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Makes the JDK's own blocking calls cooperative: in a greenlet they wait in its hub, everywhere
 * else they are what they were. With {@link #patchThread} every thread that the program starts from
 * then on is a greenlet.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   Monkey.patchAll(); // before anything else
 * }
 * }</pre>
 *
 * <p>Better still before the program's first line, without changing it: {@code java
 * -javaagent:gevent4j-agent.jar -jar app.jar}, or {@code gevent4j run -jar app.jar}.
 *
 * <p>Patching twice is harmless. What runs already goes on as it was: a thread stays a kernel
 * thread of its own, and a call that blocks goes on blocking; {@link System#err} is told which
 * threads that concerns.
 *
 * <p><b>Thread rule:</b> any thread.
 *
 * <p>gevent: {@code gevent.monkey}.
 */
public final class Monkey {
  private static final List<PatchListener> LISTENERS = new CopyOnWriteArrayList<>();
  private static Options lastOptions; // of patchAll; guarded by the class
  private static boolean servicesFound; // guarded by the class

  private Monkey() {}

  // ---- patching ----

  /** As {@link #patchAll(Options)}, with {@link Options#defaults}. */
  public static boolean patchAll() {
    return patchAll(Options.defaults());
  }

  /**
   * Patches what the options name and isn't patched yet. gevent: {@code patch_all}.
   *
   * @return whether anything was: not the second time, nor after a veto
   * @throws IllegalStateException if the system doesn't allow it
   * @throws IllegalArgumentException if names are to be looked up by {@code ares}, and a name
   *     server that it is to ask is no IP address
   */
  public static synchronized boolean patchAll(Options options) {
    return patchAll(options, true);
  }

  /**
   * As above.
   *
   * @param adopting whether the calling thread becomes a greenlet as well
   */
  static synchronized boolean patchAll(Options options, boolean adopting) {
    warnOfUnion(options);
    try {
      for (PatchListener listener : listeners()) {
        listener.willPatchAll(options);
      }
    } catch (DoNotPatch veto) {
      tellVeto("all", veto, options);
      return false;
    }
    if (options.patches().contains(Patch.DNS)) {
      PatchedLookups.configure(); // before anything is patched, as it may refuse
    }
    lastOptions = options;
    Set<Patch> done = EnumSet.noneOf(Patch.class);
    for (Patch patch : options.patches()) {
      if (turnOn(patch, options, adopting)) {
        done.add(patch);
      }
    }
    Set<Patch> patched = Collections.unmodifiableSet(done);
    LISTENERS.forEach(listener -> listener.didPatchAll(options, patched));
    return !done.isEmpty();
  }

  /**
   * Has {@code Thread.start} make greenlets, and what threads wait for by the JDK's means wait in a
   * hub. If the calling thread has a hub, that one runs all of them. Else the hub of a new kernel
   * thread does, and the calling thread becomes a greenlet of it too. gevent: {@code patch_thread}.
   *
   * @return whether it was patched: not the second time, nor after a veto
   * @throws IllegalStateException if the system doesn't allow it
   */
  public static boolean patchThread() {
    return patch(Patch.THREAD);
  }

  /** Makes {@code Thread.sleep} cooperative. Returns as {@link #patchThread}. */
  public static boolean patchTime() {
    return patch(Patch.TIME);
  }

  /** Makes the JDK's sockets cooperative. Returns as {@link #patchThread}. */
  public static boolean patchSocket() {
    return patch(Patch.SOCKET);
  }

  /**
   * Has names of hosts looked up by the resolver that {@link io.gevent4j.Config#RESOLVER} names, in
   * every hub. Returns as {@link #patchThread}.
   *
   * @throws IllegalArgumentException if that is {@code ares}, and a name server no IP address
   */
  public static boolean patchDns() {
    PatchedLookups.configure();
    return patch(Patch.DNS);
  }

  /** Makes the JDK's selectors cooperative. Returns as {@link #patchThread}. */
  public static boolean patchSelect() {
    return patch(Patch.SELECT);
  }

  /** Makes the streams of child processes cooperative. Returns as {@link #patchThread}. */
  public static boolean patchSubprocess() {
    return patch(Patch.SUBPROCESS);
  }

  /** Makes standard input cooperative. Returns as {@link #patchThread}. */
  public static boolean patchStdin() {
    return patch(Patch.STDIN);
  }

  /** Makes regular files cooperative, at a price. Returns as {@link #patchThread}. */
  public static boolean patchFiles() {
    return patch(Patch.FILES);
  }

  /**
   * Makes native libraries cooperative that the program loads from then on. Returns as {@link
   * #patchThread}.
   */
  public static boolean patchLibraries() {
    return patch(Patch.LIBRARIES);
  }

  private static synchronized boolean patch(Patch patch) {
    return turnOn(patch, Options.defaults(), true);
  }

  /**
   * Has another native library, which is loaded already, call through the same hooks: a database
   * driver, for instance. They do what is {@linkplain #isPatched patched}. Never undone for it
   * alone.
   *
   * @param name as the system has it: {@code libfoo.so}
   * @return how many places were found in it
   * @throws IllegalStateException if it isn't loaded
   */
  public static int patchLibrary(String name) {
    return Interposition.patchLibrary(Objects.requireNonNull(name, "name"));
  }

  private static boolean turnOn(Patch patch, Options options, boolean adopting) {
    if (Interposition.isPatched(patch)) {
      return false;
    }
    try {
      for (PatchListener listener : listeners()) {
        listener.willPatch(patch);
      }
    } catch (DoNotPatch veto) {
      tellVeto(patch.label(), veto, options);
      return false;
    }
    if (patch == Patch.THREAD) {
      turnOnThreads(options, adopting);
    } else {
      Interposition.patch(patch);
    }
    LISTENERS.forEach(listener -> listener.didPatch(patch));
    return true;
  }

  private static void turnOnThreads(Options options, boolean adopting) {
    Hub here = Hub.getIfExists();
    String latecomers = Latecomers.describe(Thread.currentThread());
    if (latecomers != null) {
      warn("too late for threads that run already, and so don't become greenlets: " + latecomers);
    }
    if (here != null) {
      Guests.addHub(here);
    } else if (!HubThreads.exist()) {
      HubThreads.start(options.hubs()); // before threads are patched, since these are none
    }
    Interposition.patch(Patch.THREAD);
    if (here == null && adopting) {
      Interposition.joinHub();
    }
  }

  // ---- what is patched ----

  /** Whether this is on. gevent: {@code is_module_patched}. */
  public static boolean isPatched(Patch patch) {
    return Interposition.isPatched(patch);
  }

  /**
   * Every place that is or could be replaced, and what has become of it. {@code bin/gevent4j
   * doctor} prints it. Empty before the first patch.
   */
  public static List<Slot> status() {
    return Collections.unmodifiableList(Interposition.slots());
  }

  /**
   * Turns these off. Greenlets that wait by what is turned off go on; threads that are greenlets
   * stay so until they end. When nothing is on, the JDK's libraries are as they were. gevent has no
   * such thing.
   *
   * @param patches none: all
   * @return whether any of them was on
   */
  public static synchronized boolean undo(Patch... patches) {
    boolean any = false;
    for (Patch patch : patches.length == 0 ? Patch.values() : patches) {
      if (Interposition.isPatched(patch)) {
        Interposition.unpatch(patch);
        any = true;
      }
    }
    lastOptions = null;
    return any;
  }

  /**
   * Runs this as if nothing were patched, for the calling thread only: what blocks there blocks a
   * kernel thread, its own, while the other greenlets of its hub go on. It can't use its hub
   * meanwhile. gevent: {@code get_original}, which gives a function that blocks the hub.
   *
   * @return what the call returns
   * @throws Exception what the call throws
   */
  public static <T> T unpatched(Callable<T> call) throws Exception {
    Hub hub = Hub.getIfExists();
    return hub == null ? call.call() : hub.blocking(call);
  }

  // ---- listeners ----

  /** Has this be told of patches, after those that are told already. */
  public static void subscribe(PatchListener listener) {
    LISTENERS.add(Objects.requireNonNull(listener, "listener"));
  }

  /** The opposite. Harmless if it isn't subscribed. */
  public static void unsubscribe(PatchListener listener) {
    LISTENERS.remove(listener);
  }

  private static List<PatchListener> listeners() {
    if (!servicesFound) {
      servicesFound = true;
      List<PatchListener> services = new ArrayList<>();
      ServiceLoader.load(PatchListener.class, ClassLoader.getSystemClassLoader())
          .forEach(services::add);
      LISTENERS.addAll(0, services);
    }
    return LISTENERS;
  }

  private static void tellVeto(String what, DoNotPatch veto, Options options) {
    if (options.verbose()) {
      String reason = veto.getMessage() == null ? "" : ": " + veto.getMessage();
      System.err.println("gevent4j: a listener wants " + what + " not to be patched" + reason);
    }
  }

  // ---- warnings ----

  private static void warnOfUnion(Options options) {
    if (lastOptions != null && !lastOptions.patches().equals(options.patches())) {
      warn("patched more than once, so that all that was asked for at any time is patched");
    }
  }

  private static void warn(String text) {
    System.err.println("gevent4j: warning: " + text);
  }
}
