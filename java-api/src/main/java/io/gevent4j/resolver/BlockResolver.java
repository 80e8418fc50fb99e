package io.gevent4j.resolver;

import java.util.function.Supplier;

/**
 * Asks the C library in the calling thread, which it blocks with all its greenlets until there is
 * an answer. For programs with nothing else to do, and to find out whether threads are at fault.
 *
 * <p><b>Thread rule:</b> any thread.
 *
 * <p>gevent: {@code gevent.resolver.blocking.Resolver}.
 */
public final class BlockResolver extends SystemResolver {
  static final BlockResolver SHARED = new BlockResolver();

  /** It holds nothing, so that closing it does nothing. */
  public BlockResolver() {
    super(HostsFile.SYSTEM);
  }

  @Override
  Answer ask(Supplier<Answer> call) {
    return call.get();
  }

  @Override
  void requireUsable(String operation) {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "BlockResolver";
  }
}
