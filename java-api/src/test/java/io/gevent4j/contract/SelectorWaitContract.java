package io.gevent4j.contract;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Selector} promises of waiting, and of what others do meanwhile. */
abstract class SelectorWaitContract extends SelectorWorldTest {
  SelectorWaitContract(World world, SelectorProvider provider) {
    super(world, provider);
  }

  // ---- until something is ready, or the time is up ----

  @Test
  void shouldWaitUntilAChannelIsReady() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    assertWaits(task);
    say(pipe.sink());
    assertThat(join(task)).isEqualTo(1);
    assertThat(selector.selectedKeys()).containsExactly(key);
  }

  @Test
  void shouldWaitForALimitedTimeUntilAChannelIsReady() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    register(pipe.source(), selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select(LONG));
    say(pipe.sink());
    assertThat(join(task)).isEqualTo(1);
    hear(pipe.source());
    List<SelectionKey> given = new ArrayList<>();
    task = spawnWaiting(() -> selector.select(given::add, LONG));
    say(pipe.sink());
    assertThat(join(task)).isEqualTo(1);
    assertThat(given).hasSize(1);
  }

  @Test
  void shouldWaitNoShorterThanAsked() throws Exception {
    Selector selector = open();
    register(pipe().source(), selector, OP_READ);
    for (int i = 0; i < 5; i++) {
      assertThat(takes(SHORT, () -> selector.select(SHORT))).isZero();
      assertThat(takes(1, () -> selector.select(key -> {}, 1))).isZero();
    }
  }

  @Test
  void shouldWaitForEverForZeroMilliseconds() throws Exception {
    Selector selector = open();
    Task<Integer> task = spawnWaiting(() -> selector.select(0));
    assertWaits(task);
    selector.wakeup();
    assertThat(join(task)).isZero();
    task = spawnWaiting(() -> selector.select(key -> {}, 0));
    selector.wakeup();
    assertThat(join(task)).isZero();
  }

  // ---- wakeup ----

  @Test
  void shouldReturnWhenItIsWoken() throws Exception {
    Selector selector = open();
    register(pipe().source(), selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    assertThat(selector.wakeup()).isSameAs(selector);
    assertThat(join(task)).isZero();
    assertThat(task.wasLeftInterrupted()).isFalse();
  }

  @Test
  void shouldReturnAtOnceWhenItWasWokenBefore() throws Exception {
    Selector selector = open();
    selector.wakeup();
    selector.wakeup();
    assertThat(selector.select()).isZero();
    Task<Integer> task = spawnWaiting(() -> selector.select()); // once for both
    assertWaits(task);
    selector.wakeup();
    join(task);
    selector.wakeup();
    assertThat(selector.selectNow()).isZero(); // takes it back
    task = spawnWaiting(() -> selector.select(LONG));
    selector.wakeup();
    assertThat(join(task)).isZero();
  }

  @Test
  void shouldTellOfChannelsWhenItIsWokenAsWell() throws Exception {
    Selector selector = open();
    register(pipe().sink(), selector, OP_WRITE);
    selector.wakeup();
    assertThat(selector.select()).isEqualTo(1);
    selector.selectedKeys().clear();
    assertThat(selector.select()).isEqualTo(1);
  }

  // ---- interruption ----

  @Test
  void shouldReturnWhenWhoSelectsIsInterrupted() throws Exception {
    Selector selector = open();
    register(pipe().source(), selector, OP_READ);
    for (long millis : new long[] {0, LONG}) {
      Task<Integer> task = spawnWaiting(() -> selector.select(millis));
      task.interrupt();
      assertThat(join(task)).isZero();
      assertThat(task.wasLeftInterrupted()).isTrue();
      assertThat(selector.isOpen()).isTrue();
    }
  }

  @Test
  void shouldReturnAtOnceWhenWhoSelectsWasInterruptedBefore() throws Exception {
    Selector selector = open();
    Task<Integer> task =
        spawn(
            () -> {
              Thread.currentThread().interrupt();
              return selector.select() + selector.select(LONG);
            });
    assertThat(join(task)).isZero();
    assertThat(task.wasLeftInterrupted()).isTrue();
    selector.selectNow(); // the interrupt may have left it woken
    assertWaits(spawnWaiting(() -> selector.select()));
  }

  @Test
  void shouldNotBeWokenByAnInterruptAfterTheSelection() throws Exception {
    Selector selector = open();
    register(pipe().sink(), selector, OP_WRITE);
    Gate selected = new Gate();
    Gate over = new Gate();
    Task<Void> task =
        spawn(
            () -> {
              selector.select();
              selected.open();
              while (!Thread.interrupted()) {
                world.pause();
              }
              over.open();
            });
    selected.await();
    task.interrupt();
    untilDone(task);
    selector.keys().iterator().next().interestOps(0);
    assertWaits(spawnWaiting(() -> selector.select()));
  }

  // ---- what others do meanwhile ----

  @Test
  void shouldSeeAKeyThatIsRegisteredMeanwhileNextTime() throws Exception {
    Selector selector = open();
    Task<Integer> task = spawnWaiting(() -> selector.select());
    SelectionKey key = register(pipe().sink(), selector, OP_WRITE); // doesn't wait
    assertThat(selector.keys()).containsExactly(key);
    assertWaits(task);
    selector.wakeup();
    assertThat(join(task)).isZero();
    assertThat(selector.select()).isEqualTo(1);
  }

  @Test
  void shouldSeeInterestThatIsChangedMeanwhileNextTime() throws Exception {
    Selector selector = open();
    SelectionKey key = register(connection()[0], selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    key.interestOps(OP_WRITE);
    assertThat(key.interestOps()).isEqualTo(OP_WRITE);
    assertWaits(task);
    selector.wakeup();
    assertThat(join(task)).isZero();
    assertThat(selector.select()).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(OP_WRITE);
  }

  @Test
  void shouldForgetAKeyThatIsCancelledMeanwhile() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    key.cancel();
    assertWaits(task);
    selector.wakeup();
    assertThat(join(task)).isZero();
    assertThat(selector.keys()).isEmpty();
    assertThat(pipe.source().isRegistered()).isFalse();
  }

  @Test
  void shouldForgetAChannelThatIsClosedMeanwhile() throws Exception {
    Selector selector = open();
    SocketChannel[] ends = connection();
    register(ends[0], selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    ends[0].close();
    selector.wakeup();
    assertThat(join(task)).isZero();
    assertThat(selector.keys()).isEmpty();
    assertThat(hear(ends[1])).isEqualTo(-1);
  }

  @Test
  void shouldLetSelectWhoComesSecondWhenTheFirstIsDone() throws Exception {
    Selector selector = open();
    Task<Integer> first = spawnWaiting(() -> selector.select());
    Task<Integer> second = spawn(() -> selector.select());
    assertWaits(first);
    selector.wakeup();
    join(first);
    assertWaits(second);
    selector.wakeup();
    assertThat(join(second)).isZero();
  }

  // ---- closing ----

  @Test
  void shouldReturnWhenItIsClosedMeanwhile() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = register(pipe.source(), selector, OP_READ);
    Task<Integer> task = spawnWaiting(() -> selector.select());
    selector.close();
    assertThat(join(task)).isZero();
    assertThat(key.isValid()).isFalse();
    assertThat(pipe.source().isRegistered()).isFalse();
    assertThrows(ClosedSelectorException.class, selector::select);
  }

  @Test
  void shouldThrowToThoseWhoseTurnComesWhenItIsClosed() throws Exception {
    Selector selector = open();
    Task<Integer> first = spawnWaiting(() -> selector.select());
    Task<Integer> second = spawn(() -> selector.select());
    assertWaits(first);
    selector.close();
    assertThat(join(first)).isZero();
    untilDone(second);
    assertThat(second.thrown()).isInstanceOf(ClosedSelectorException.class);
  }
}
