package io.gevent4j.contract;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link Selector} promises of keys, of their sets, and of what is found. */
abstract class SelectionContract extends SelectorWorldTest {
  private static final int MANY = 2_000; // more than any selector gets of the system at once

  SelectionContract(World world, SelectorProvider provider) {
    super(world, provider);
  }

  // ---- what is found ----

  @Test
  void shouldSelectAPipeThatIsReadable() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.selectedKeys()).isEmpty();
    say(pipe.sink());
    assertThat(selector.select()).isEqualTo(1);
    assertThat(selector.selectedKeys()).containsExactly(key);
    assertThat(key.isReadable()).isTrue();
    assertThat(key.readyOps()).isEqualTo(OP_READ);
  }

  @Test
  void shouldSelectAPipeThatIsWritable() throws Exception {
    Selector selector = open();
    SelectionKey key = register(pipe().sink(), selector, OP_WRITE);
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.isWritable()).isTrue();
  }

  @Test
  void shouldSelectAPipeWhoseOtherEndIsClosed() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    pipe.sink().close();
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.isReadable()).isTrue();
    assertThat(hear(pipe.source())).isEqualTo(-1);
  }

  @Test
  void shouldSelectThoseWhoAcceptAndWhoConnect() throws Exception {
    Selector selector = open();
    ServerSocketChannel server = server();
    SelectionKey accepting = register(server, selector, OP_ACCEPT);
    SocketChannel client = keep(provider.openSocketChannel());
    client.configureBlocking(false);
    SelectionKey connecting = register(client, selector, OP_CONNECT);
    assertThat(client.connect(server.getLocalAddress())).isFalse();
    Set<SelectionKey> seen = new HashSet<>();
    while (seen.size() < 2) {
      selector.select();
      seen.addAll(selector.selectedKeys());
    }
    assertThat(accepting.isAcceptable()).isTrue();
    assertThat(connecting.isConnectable()).isTrue();
    assertThat(client.finishConnect()).isTrue();
    SocketChannel accepted = keep(server.accept());
    assertThat(accepted).isNotNull();
    connecting.interestOps(OP_READ);
    selector.selectedKeys().clear();
    assertThat(selector.selectNow()).isZero();
    say(accepted);
    assertThat(selector.select()).isEqualTo(1);
    assertThat(connecting.readyOps()).isEqualTo(OP_READ);
  }

  @Test
  void shouldSelectWhoCannotConnect() throws Exception {
    Selector selector = open();
    ServerSocketChannel server = server();
    InetSocketAddress nobody = (InetSocketAddress) server.getLocalAddress();
    server.close();
    SocketChannel client = keep(provider.openSocketChannel());
    client.configureBlocking(false);
    SelectionKey key = register(client, selector, OP_CONNECT);
    if (!client.connect(nobody)) {
      assertThat(selector.select()).isEqualTo(1);
      assertThat(key.isConnectable()).isTrue();
      assertThrows(IOException.class, client::finishConnect);
    }
  }

  @Test
  void shouldSelectADatagramThatHasCome() throws Exception {
    Selector selector = open();
    DatagramChannel one = keep(provider.openDatagramChannel());
    one.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    one.configureBlocking(false);
    SelectionKey key = register(one, selector, OP_READ);
    assertThat(selector.selectNow()).isZero();
    DatagramChannel other = keep(provider.openDatagramChannel());
    other.send(ByteBuffer.allocate(3), one.getLocalAddress());
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.isReadable()).isTrue();
  }

  @Test
  void shouldAddToWhatASelectedKeyIsReadyFor() throws Exception {
    Selector selector = open();
    SocketChannel[] ends = connection();
    SelectionKey key = register(ends[0], selector, OP_READ | OP_WRITE);
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(OP_WRITE);
    assertThat(selector.selectNow()).isZero(); // nothing is new
    say(ends[1]);
    key.interestOps(OP_READ);
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
    assertThat(hear(ends[0])).isEqualTo(1);
    assertThat(selector.selectNow()).isZero();
    assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE); // until it is taken out
    key.interestOps(OP_READ | OP_WRITE);
    selector.selectedKeys().remove(key);
    assertThat(selector.selectNow()).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(OP_WRITE);
  }

  @Test
  void shouldSelectAsManyAsThereAre() throws Exception {
    Selector selector = open();
    for (int i = 0; i < MANY; i++) {
      DatagramChannel channel = keep(provider.openDatagramChannel());
      channel.configureBlocking(false);
      register(channel, selector, OP_WRITE);
    }
    assertThat(selector.keys()).hasSize(MANY);
    int count = 0;
    for (int rounds = 0; count < MANY && rounds < 100; rounds++) {
      count += selector.select();
    }
    assertThat(count).isEqualTo(MANY);
    assertThat(selector.selectedKeys()).hasSize(MANY).isEqualTo(selector.keys());
  }

  // ---- with an action ----

  @Test
  void shouldGiveKeysToTheActionAndSelectNone() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    List<SelectionKey> given = new ArrayList<>();
    assertThat(selector.selectNow(given::add)).isZero();
    say(pipe.sink());
    assertThat(selector.select(given::add)).isEqualTo(1);
    assertThat(selector.select(given::add, LONG)).isEqualTo(1);
    assertThat(selector.selectNow(given::add)).isEqualTo(1);
    assertThat(given).containsExactly(key, key, key);
    assertThat(selector.selectedKeys()).isEmpty();
    hear(pipe.source());
    assertThat(selector.select(given::add, SHORT)).isZero();
    assertThrows(
        NullPointerException.class,
        () -> selector.select(null),
        () -> selector.select(null, 1),
        () -> selector.selectNow(null));
  }

  @Test
  void shouldRefuseToSelectWithinAnAction() throws Exception {
    Selector selector = open();
    register(pipe().sink(), selector, OP_WRITE);
    List<Throwable> thrown = new ArrayList<>();
    selector.select(key -> thrown.add(thrownBy(selector::selectNow)));
    assertThat(thrown).hasSize(1);
    assertThat(thrown.get(0)).isInstanceOf(IllegalStateException.class);
    assertThat(selector.selectNow()).isEqualTo(1);
  }

  @Test
  void shouldThrowWhatTheActionThrows() throws Exception {
    Selector selector = open();
    register(pipe().sink(), selector, OP_WRITE);
    RuntimeException failure = new RuntimeException("of the test");
    assertThat(
            thrownBy(
                () ->
                    selector.select(
                        key -> {
                          throw failure;
                        })))
        .isSameAs(failure);
    assertThat(selector.selectNow()).isEqualTo(1);
  }

  @Test
  void shouldEndWhenTheActionClosesTheSelector() throws Exception {
    Selector selector = open();
    register(pipe().sink(), selector, OP_WRITE);
    register(pipe().sink(), selector, OP_WRITE);
    int[] calls = new int[1];
    Throwable thrown =
        thrownBy(
            () ->
                selector.select(
                    key -> {
                      calls[0]++;
                      assertThat(thrownBy(selector::close)).isNull();
                    }));
    assertThat(thrown).isInstanceOf(ClosedSelectorException.class);
    assertThat(calls[0]).isEqualTo(1);
  }

  // ---- registering ----

  @Test
  void shouldReturnTheSameKeyWhenAChannelIsRegisteredAgain() throws Exception {
    Selector selector = open();
    Pipe.SourceChannel channel = pipe().source();
    SelectionKey key = channel.register(selector, 0, "first");
    assertThat(key.attachment()).isEqualTo("first");
    assertThat(channel.register(selector, OP_READ, "second")).isSameAs(key);
    assertThat(key.attachment()).isEqualTo("second");
    assertThat(key.interestOps()).isEqualTo(OP_READ);
    assertThat(selector.keys()).containsExactly(key);
    assertThat(channel.keyFor(selector)).isSameAs(key);
    assertThat(key.channel()).isSameAs(channel);
    assertThat(key.selector()).isSameAs(selector);
    assertThat(key.isValid()).isTrue();
  }

  @Test
  void shouldLetAChannelHaveSeveralSelectors() throws Exception {
    Selector one = open();
    Selector other = open();
    Pipe pipe = pipe();
    SelectionKey first = register(pipe.source(), one, OP_READ);
    SelectionKey second = register(pipe.source(), other, OP_READ);
    assertThat(first).isNotSameAs(second);
    say(pipe.sink());
    assertThat(one.select()).isEqualTo(1);
    assertThat(other.select()).isEqualTo(1);
    pipe.source().close();
    assertThat(first.isValid() || second.isValid()).isFalse();
    one.selectNow();
    other.selectNow();
    assertThat(one.keys()).isEmpty();
    assertThat(other.keys()).isEmpty();
  }

  @Test
  void shouldRefuseWhatCannotBeSelected() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    assertThrows(
        IllegalArgumentException.class,
        () -> register(pipe.source(), selector, OP_WRITE),
        () -> register(pipe.source(), selector, OP_READ).interestOps(OP_ACCEPT),
        () -> pipe.source().keyFor(selector).interestOpsOr(OP_WRITE),
        () -> selector.select(-1),
        () -> selector.select(key -> {}, -1));
    assertThat(pipe.source().keyFor(selector).interestOps()).isEqualTo(OP_READ);
    SocketChannel blocking = keep(provider.openSocketChannel());
    assertThrows(
        IllegalBlockingModeException.class, () -> register(blocking, selector, OP_CONNECT));
    pipe.sink().close();
    assertThrows(ClosedChannelException.class, () -> register(pipe.sink(), selector, OP_WRITE));
    assertThrows(
        IllegalSelectorException.class, () -> register(new Foreign(provider), selector, 0));
    assertThat(selector.keys()).hasSize(1);
  }

  /** A channel that is nobody's. */
  private static final class Foreign extends AbstractSelectableChannel {
    Foreign(SelectorProvider provider) throws IOException {
      super(provider);
      configureBlocking(false);
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    public int validOps() {
      return 0;
    }
  }

  @Test
  void shouldNotLetARegisteredChannelBlock() throws Exception {
    Selector selector = open();
    SelectableChannel channel = pipe().source();
    SelectionKey key = register(channel, selector, OP_READ);
    assertThrows(IllegalBlockingModeException.class, () -> channel.configureBlocking(true));
    key.cancel();
    channel.configureBlocking(true); // at once
    selector.selectNow();
    assertThat(channel.isRegistered()).isFalse();
  }

  // ---- interest ----

  @Test
  void shouldChangeWhatAKeyIsSelectedFor() throws Exception {
    Selector selector = open();
    SelectionKey key = register(connection()[0], selector, 0);
    assertThat(selector.selectNow()).isZero();
    assertThat(key.interestOpsOr(OP_READ | OP_WRITE)).isZero();
    assertThat(selector.selectNow()).isEqualTo(1);
    assertThat(key.interestOpsAnd(~OP_WRITE)).isEqualTo(OP_READ | OP_WRITE);
    assertThat(key.interestOps()).isEqualTo(OP_READ);
    selector.selectedKeys().clear();
    assertThat(selector.selectNow()).isZero();
    assertThat(key.interestOps(OP_WRITE)).isSameAs(key);
    key.interestOps(0);
    key.interestOps(OP_WRITE);
    assertThat(selector.selectNow()).isEqualTo(1);
    selector.selectedKeys().clear();
    key.interestOps(0);
    assertThat(selector.selectNow()).isZero();
  }

  // ---- the sets ----

  @Test
  void shouldLetKeysBeTakenOutOfTheSelectedOnesOnly() throws Exception {
    Selector selector = open();
    SelectionKey key = register(pipe().sink(), selector, OP_WRITE);
    register(pipe().sink(), selector, OP_WRITE);
    assertThat(selector.select()).isEqualTo(2);
    Set<SelectionKey> keys = selector.keys();
    Set<SelectionKey> selected = selector.selectedKeys();
    assertThrows(
        UnsupportedOperationException.class,
        () -> keys.remove(key),
        () -> keys.add(key),
        keys::clear,
        () -> {
          Iterator<SelectionKey> iterator = keys.iterator();
          iterator.next();
          iterator.remove();
        },
        () -> selected.add(key),
        () -> selected.addAll(List.of(key)));
    assertThat(keys).hasSize(2);
    assertThat(selected.remove(key)).isTrue();
    assertThat(selected).doesNotContain(key).hasSize(1);
    Iterator<SelectionKey> iterator = selected.iterator();
    iterator.next();
    iterator.remove();
    assertThat(selected).isEmpty();
    assertThat(selector.keys()).isSameAs(keys);
    assertThat(selector.selectedKeys()).isSameAs(selected);
  }

  @Test
  void shouldFailTheIterationOfSelectedKeysWhenMoreAreSelected() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    register(pipe().sink(), selector, OP_WRITE);
    register(pipe().sink(), selector, OP_WRITE);
    register(pipe.source(), selector, OP_READ);
    assertThat(selector.select()).isEqualTo(2);
    Iterator<SelectionKey> iterator = selector.selectedKeys().iterator();
    iterator.next();
    say(pipe.sink());
    assertThat(selector.select()).isEqualTo(1);
    assertThrows(ConcurrentModificationException.class, iterator::next);
  }

  // ---- cancelling ----

  @Test
  void shouldForgetACancelledKeyAtTheNextSelection() throws Exception {
    Selector selector = open();
    SelectableChannel channel = pipe().sink();
    SelectionKey key = register(channel, selector, OP_WRITE);
    selector.select();
    key.cancel();
    key.cancel();
    assertThat(key.isValid()).isFalse();
    assertThat(selector.keys()).containsExactly(key);
    assertThat(channel.isRegistered()).isTrue();
    assertThat(channel.keyFor(selector)).isSameAs(key);
    assertThrows(
        CancelledKeyException.class,
        key::interestOps,
        key::readyOps,
        key::isWritable,
        () -> key.interestOps(OP_WRITE),
        () -> key.interestOpsOr(OP_WRITE),
        () -> key.interestOpsAnd(0),
        () -> register(channel, selector, OP_WRITE));
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.keys()).isEmpty();
    assertThat(selector.selectedKeys()).isEmpty();
    assertThat(channel.isRegistered()).isFalse();
    SelectionKey again = register(channel, selector, OP_WRITE);
    assertThat(again).isNotSameAs(key);
    assertThat(selector.selectNow()).isEqualTo(1);
    assertThat(selector.selectedKeys()).containsExactly(again);
  }

  @Test
  void shouldCancelTheKeyOfAChannelThatIsClosed() throws Exception {
    Selector selector = open();
    SocketChannel[] ends = connection();
    SelectionKey key = register(ends[0], selector, OP_READ);
    SelectionKey peer = register(ends[1], selector, OP_READ);
    ends[0].close();
    assertThat(key.isValid()).isFalse();
    selector.select();
    assertThat(selector.selectedKeys()).containsExactly(peer);
    assertThat(selector.keys()).containsExactly(peer);
    assertThat(hear(ends[1])).isEqualTo(-1);
  }

  @Test
  void shouldForgetACancelledKeyWhoseChannelWasClosedUnderABlockedReader() throws Exception {
    Selector selector = open();
    SocketChannel channel = connection()[0];
    register(channel, selector, OP_READ);
    selector.selectNow();
    channel.keyFor(selector).cancel();
    channel.configureBlocking(true);
    PlainWorld threads = new PlainWorld();
    Task<Integer> reading = new Task<>(() -> hear(channel));
    threads.start(reading);
    threads.untilWaiting(reading);
    channel.close(); // puts another descriptor in the place of this one
    untilDone(reading);
    assertThat(reading.thrown()).isInstanceOf(ClosedChannelException.class);
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.keys()).isEmpty();
  }

  // ---- the end ----

  @Test
  void shouldRefuseEverythingWhenItIsClosed() throws Exception {
    Selector selector = open();
    SelectableChannel channel = pipe().sink();
    SelectionKey key = register(channel, selector, OP_WRITE);
    Set<SelectionKey> selected = selector.selectedKeys();
    selector.select();
    selector.close();
    selector.close();
    assertThat(selector.isOpen()).isFalse();
    assertThat(key.isValid()).isFalse();
    assertThat(selected).isEmpty();
    assertThat(channel.isRegistered()).isFalse();
    assertThrows(
        ClosedSelectorException.class,
        selector::select,
        selector::selectNow,
        () -> selector.select(1),
        () -> selector.select(each -> {}),
        () -> selector.selectNow(each -> {}),
        selector::keys,
        selector::selectedKeys,
        () -> register(channel, selector, OP_WRITE));
    assertThrows(CancelledKeyException.class, () -> key.interestOps(0));
    assertThat(selector.wakeup()).isSameAs(selector);
    channel.configureBlocking(true);
    assertThat(selector.provider()).isSameAs(provider);
  }
}
