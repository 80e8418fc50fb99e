package io.gevent4j.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HasDescriptor;
import io.gevent4j.Hub;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.loop.LoopException;
import io.gevent4j.socket.UnixSocket;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectTest extends SelectHubTest {
  private static final List<Object> NONE = List.of();

  // ---- what is ready ----

  @Test
  void shouldReturnWhatIsReadyInTheOrderInWhichItWasGiven() throws Exception {
    Pipe first = pipe();
    Pipe second = pipe();
    Pipe silent = pipe();
    say(first.sink());
    say(second.sink());
    HasDescriptor secondAsObject = () -> fd(second.source());
    Selected<Object> selected =
        Select.select(
            List.of(secondAsObject, silent.source(), fd(first.source())),
            List.of(first.sink(), fd(second.sink())),
            List.of(first.source()));
    assertThat(selected.read()).containsExactly(secondAsObject, fd(first.source()));
    assertThat(selected.write()).containsExactly(first.sink(), fd(second.sink()));
    assertThat(selected.error()).isEmpty();
    assertThat(selected.isEmpty()).isFalse();
  }

  @Test
  void shouldReturnTwiceWhatIsGivenTwice() throws Exception {
    SocketChannel[] ends = connection();
    say(ends[1]);
    int fd = fd(ends[0]);
    Selected<Integer> selected =
        Select.select(List.of(fd, fd), List.of(fd), List.of(fd, fd), Duration.ZERO);
    assertThat(selected.read()).containsExactly(fd, fd);
    assertThat(selected.write()).containsExactly(fd);
    assertThat(selected.error()).isEmpty();
  }

  // gevent: test__select.py, ten pairs
  @Test
  void shouldFindAllThatAreReadyAtOnceInOneRound() throws Exception {
    List<Pipe.SourceChannel> sources = new ArrayList<>();
    List<Pipe.SinkChannel> sinks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Pipe pipe = pipe();
      sources.add(pipe.source());
      sinks.add(pipe.sink());
    }
    Greenlet<Selected<Pipe.SourceChannel>> selecting =
        Gevent.spawn(() -> Select.select(sources, List.of(), List.of()));
    turns();
    assertThat(selecting.ready()).isFalse();
    sinks.forEach(SelectHubTest::say);
    assertThat(selecting.get().read()).isEqualTo(sources);
  }

  @Test
  void shouldTellReadersAndWritersOfOneDescriptorApart() throws Exception {
    SocketChannel[] ends = connection();
    ends[0].configureBlocking(false);
    fill(ends[0]);
    Greenlet<Selected<SocketChannel>> selecting =
        Gevent.spawn(
            () -> Select.select(List.of(ends[0]), List.of(ends[0]), List.of(), (Duration) null));
    turns();
    assertThat(selecting.ready()).isFalse();
    say(ends[1]);
    assertThat(selecting.get().read()).hasSize(1);
    assertThat(selecting.get().write()).isEmpty();
  }

  @Test
  void shouldTellOfUrgentData() throws Exception {
    SocketChannel[] ends = connection();
    Greenlet<Selected<SocketChannel>> selecting =
        Gevent.spawn(() -> Select.select(List.of(), List.of(), List.of(ends[0])));
    turns();
    assertThat(selecting.ready()).isFalse();
    ends[1].socket().sendUrgentData(1);
    assertThat(selecting.get().error()).containsExactly(ends[0]);
  }

  @Test
  void shouldTellWhoWaitsForSomethingElseThatTheOtherSideHasHungUp() throws Exception {
    Pipe pipe = pipe();
    Greenlet<Selected<Pipe.SinkChannel>> selecting =
        Gevent.spawn(() -> Select.select(List.of(), List.of(), List.of(pipe.sink())));
    turns();
    pipe.source().close();
    assertThat(selecting.get().error()).hasSize(1);
    Pipe other = pipe();
    other.sink().close();
    Selected<Pipe.SourceChannel> selected =
        Select.select(List.of(other.source()), List.of(), List.of(other.source()));
    assertThat(selected.read()).hasSize(1);
    assertThat(selected.error()).isEmpty();
  }

  // ---- waiting ----

  @Test
  void shouldLetOthersRunAlsoWhenItNeedNotWait() throws Exception {
    Pipe pipe = pipe();
    int[] ran = new int[1];
    Gevent.spawn(() -> ran[0]++);
    Select.select(List.of(), List.of(pipe.sink()), List.of());
    assertThat(ran[0]).isEqualTo(1);
    Gevent.spawn(() -> ran[0]++);
    assertThat(Select.select(List.of(pipe.source()), List.of(), List.of(), 0).isEmpty()).isTrue();
    assertThat(ran[0]).isEqualTo(2);
  }

  @Test
  void shouldReturnNothingWhenTheTimeIsUp() throws Exception {
    Pipe pipe = pipe();
    long start = System.nanoTime();
    assertThat(Select.select(List.of(pipe.source()), NONE, NONE, SHORT).isEmpty()).isTrue();
    assertThat(Select.select(NONE, NONE, NONE, 0.01).isEmpty()).isTrue();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * SHORT.toNanos());
  }

  @Test
  void shouldWaitForEverWithoutATimeout() {
    assertThat(thrownBy(() -> Select.select(NONE, NONE, NONE))).isInstanceOf(LoopExit.class);
    assertThat(thrownBy(() -> Select.select(NONE, NONE, NONE, null))).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldEndWithATimeoutAndLeaveNothingBehind() throws Exception {
    Pipe pipe = pipe();
    SocketChannel[] ends = connection();
    Hub hub = Hub.get();
    int active = hub.loop().activeCount();
    Body select = () -> Select.select(List.of(pipe.source()), List.of(), List.of(ends[0]));
    Body longSelect = () -> Select.select(List.of(pipe.source()), NONE, NONE, LONG);
    Body nothing = () -> Select.select(NONE, NONE, NONE, LONG);
    for (Body each : List.of(select, longSelect, nothing)) {
      try (Timeout timeout = Timeout.startNew(SHORT)) {
        assertThat(thrownBy(each)).isSameAs(timeout);
      }
      assertThat(hub.loop().activeCount()).isEqualTo(active);
    }
    Greenlet<Object> killed = Gevent.spawn(() -> Select.select(List.of(pipe.source()), NONE, NONE));
    turns();
    assertThat(hub.loop().activeCount()).isGreaterThan(active);
    killed.kill();
    assertThat(hub.loop().activeCount()).isEqualTo(active);
  }

  @Test
  void shouldBlockOnAThreadWithoutAHub() throws Exception {
    Pipe pipe = pipe();
    runElsewhere(
        () -> {
          assertThat(Select.select(List.of(pipe.source()), NONE, NONE, SHORT).isEmpty()).isTrue();
          Thread writer = new Thread(() -> say(pipe.sink()));
          writer.start();
          assertThat(Select.select(List.of(pipe.source()), NONE, NONE).read()).hasSize(1);
          writer.join();
          assertThat(Hub.getIfExists()).isNull();
        });
  }

  @Test
  void shouldBlockWhereTheGreenletIsAway() throws Exception {
    Pipe pipe = pipe();
    Greenlet<Selected<Object>> away =
        Gevent.spawn(
            () -> Hub.get().blocking(() -> Select.select(List.of(pipe.source()), NONE, NONE)));
    turns();
    say(pipe.sink());
    assertThat(away.get().read()).hasSize(1);
  }

  // ---- closing ----

  // gevent: test__select.py, TestPossibleCrashes
  @Test
  void shouldSurviveADescriptorThatIsClosedMeanwhile() throws Exception {
    Pipe closed = pipe();
    Pipe other = pipe();
    Greenlet<Selected<Object>> selecting =
        Gevent.spawn(
            () -> Select.select(List.of(fd(closed.source()), other.source()), NONE, NONE, LONG));
    turns();
    closed.source().close();
    turns();
    say(other.sink());
    assertThat(selecting.get().read()).contains(other.source());
    Pipe still = pipe();
    say(still.sink());
    assertThat(Select.select(List.of(still.source()), NONE, NONE, LONG).read()).hasSize(1);
  }

  // gevent: test__select.py test_closing_object_while_selecting
  @Test
  void shouldTellOfASocketOfOursThatIsClosedMeanwhile() throws Exception {
    UnixSocket[] ends = watchedPair();
    Greenlet<Selected<UnixSocket>> selecting =
        Gevent.spawn(() -> Select.select(List.of(ends[0]), List.of(), List.of(), SHORT));
    turns();
    ends[0].close();
    assertThat(selecting.get().read()).as("who uses it is told").containsExactly(ends[0]);
  }

  // ---- bad input ----

  @Test
  void shouldRefuseADescriptorThatIsNotOpen() throws Exception {
    Pipe pipe = pipe();
    for (List<List<Integer>> lists :
        List.of(
            List.of(List.of(fd(pipe.source()), NOBODYS), List.<Integer>of(), List.<Integer>of()),
            List.of(List.<Integer>of(), List.of(NOBODYS), List.<Integer>of()),
            List.of(List.<Integer>of(), List.<Integer>of(), List.of(NOBODYS)))) {
      assertThat(thrownBy(() -> Select.select(lists.get(0), lists.get(1), lists.get(2))))
          .isInstanceOfSatisfying(LoopException.class, e -> assertThat(e.errno()).isEqualTo(9))
          .hasMessageContaining("select descriptor " + NOBODYS)
          .hasMessageContaining("EBADF");
    }
  }

  @Test
  void shouldRefuseWhatIsNoDescriptorAndNegativeTimes() throws Exception {
    Pipe pipe = pipe();
    pipe.source().close();
    for (Object bad : List.of(-1, "0", 3L, (HasDescriptor) () -> -1, pipe.source())) {
      assertThat(thrownBy(() -> Select.select(List.of(bad), NONE, NONE, 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot select");
    }
    for (Body bad :
        List.<Body>of(
            () -> Select.select(NONE, NONE, NONE, -0.1),
            () -> Select.select(NONE, NONE, NONE, Double.NaN),
            () -> Select.select(NONE, NONE, NONE, Duration.ofNanos(-1)))) {
      assertThat(thrownBy(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    for (Body bad :
        List.<Body>of(
            () -> Select.select(null, NONE, NONE),
            () -> Select.select(NONE, NONE, null, SHORT),
            () -> Select.select(Collections.singleton(null), NONE, NONE, SHORT))) {
      assertThat(thrownBy(bad)).isInstanceOf(NullPointerException.class);
    }
  }
}
