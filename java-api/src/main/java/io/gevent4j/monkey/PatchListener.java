package io.gevent4j.monkey;

import java.util.Set;

/**
 * Is told what is about to be patched, which it may veto, and what has been. Those that {@link
 * java.util.ServiceLoader} finds are told as well as those that {@link Monkey#subscribe} was given,
 * so that a program may have a say in what the agent does before the program's first line.
 *
 * <p><b>Thread rule:</b> called by the thread that patches, one patch at a time. What else it
 * throws is thrown by the method that patches.
 *
 * <p>gevent: {@code gevent.events.subscribers}, and the entry points {@code gevent.plugins.monkey}.
 */
public interface PatchListener {
  /**
   * Before all else that {@link Monkey#patchAll} does. gevent: {@code GeventWillPatchAllEvent}.
   *
   * @throws DoNotPatch nothing is patched then
   */
  default void willPatchAll(Options options) throws DoNotPatch {}

  /**
   * Before each patch that isn't on. gevent: {@code GeventWillPatchModuleEvent}.
   *
   * @throws DoNotPatch this one is left out
   */
  default void willPatch(Patch patch) throws DoNotPatch {}

  /** After each. gevent: {@code GeventDidPatchModuleEvent}. */
  default void didPatch(Patch patch) {}

  /**
   * After all of {@link Monkey#patchAll}. gevent: {@code GeventDidPatchAllEvent}.
   *
   * @param patched those that were not on before
   */
  default void didPatchAll(Options options, Set<Patch> patched) {}
}
