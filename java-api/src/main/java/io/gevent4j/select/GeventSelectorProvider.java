package io.gevent4j.select;

import io.gevent4j.binding.Native;
import io.gevent4j.loop.LoopException;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;

/**
 * Selectors that, in a hub, let the other greenlets run while they wait. They do what {@link
 * java.nio.channels.Selector} says, for the JDK's own channels, which this provider opens too:
 * those are the JDK's as they are, and cooperative only through a selector, non-blocking. On a
 * thread without a hub these selectors block, as the JDK's do.
 *
 * <p>Two things differ. In place of the selector's own monitor, which a waiting greenlet would keep
 * from others of its hub, selection operations take a lock that greenlets wait for; so that they
 * don't exclude who synchronizes on the selector. On the set of selected keys they synchronize
 * while they change it, and not while they wait.
 *
 * <p>To have it behind {@link java.nio.channels.Selector#open()} in the whole process: {@code
 * -Djava.nio.channels.spi.SelectorProvider=io.gevent4j.select.GeventSelectorProvider}.
 *
 * <p><b>Thread rule:</b> any thread. A selector may be used by greenlets of different hubs and by
 * threads, one at a time, the others wait their turn.
 *
 * <p>gevent: {@code gevent.selectors.GeventSelector}.
 */
public class GeventSelectorProvider extends SelectorProvider {
  /** Found when it is first needed: while the JDK makes its provider, nobody may ask for that. */
  private static final class Wrapped {
    static final SelectorProvider PROVIDER = find();

    private static SelectorProvider find() {
      SelectorProvider provider = SelectorProvider.provider();
      if (!(provider instanceof GeventSelectorProvider)) {
        return provider;
      }
      ArrayList<SelectorProvider> found = new ArrayList<>();
      if (Native.gv_vm_selector_provider(found) != Native.GV_OK) {
        throw new UnsupportedOperationException("cannot find the JDK's own selector provider");
      }
      return found.get(0);
    }
  }

  /** As good as any other. */
  public GeventSelectorProvider() {}

  @Override
  public AbstractSelector openSelector() throws IOException {
    try {
      return new GeventSelector(this);
    } catch (LoopException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    return Wrapped.PROVIDER.openDatagramChannel();
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return Wrapped.PROVIDER.openDatagramChannel(family);
  }

  @Override
  public Pipe openPipe() throws IOException {
    return Wrapped.PROVIDER.openPipe();
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    return Wrapped.PROVIDER.openServerSocketChannel();
  }

  @Override
  public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
    return Wrapped.PROVIDER.openServerSocketChannel(family);
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return Wrapped.PROVIDER.openSocketChannel();
  }

  @Override
  public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
    return Wrapped.PROVIDER.openSocketChannel(family);
  }

  @Override
  public Channel inheritedChannel() throws IOException {
    return Wrapped.PROVIDER.inheritedChannel();
  }
}
