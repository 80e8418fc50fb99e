package io.gevent4j.select;

import static io.gevent4j.select.Poll.POLLERR;
import static io.gevent4j.select.Poll.POLLHUP;
import static io.gevent4j.select.Poll.POLLIN;
import static io.gevent4j.select.Poll.POLLNVAL;
import static io.gevent4j.select.Poll.POLLOUT;
import static io.gevent4j.select.Poll.POLLPRI;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.select.Poll.Ready;
import io.gevent4j.socket.UnixSocket;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class PollTest extends SelectHubTest {
  // ---- what is found ----

  @Test
  void shouldTellWhatEachHasInTheOrderOfTheirRegistration() throws Exception {
    SocketChannel[] ends = connection();
    Pipe silent = pipe();
    Poll poll = new Poll();
    poll.register(ends[1]);
    poll.register(silent.source(), POLLIN);
    poll.register(fd(ends[0]), POLLIN);
    assertThat(poll.poll(0)).containsExactly(new Ready(fd(ends[1]), POLLOUT));
    say(ends[1]);
    assertThat(Select.select(List.of(ends[0]), List.of(), List.of()).read()).hasSize(1);
    assertThat(poll.poll())
        .containsExactly(new Ready(fd(ends[1]), POLLOUT), new Ready(fd(ends[0]), POLLIN));
  }

  @Test
  void shouldWaitUntilThereIsSomething() throws Exception {
    Pipe pipe = pipe();
    Poll poll = new Poll();
    poll.register(pipe.source());
    for (Callable<List<Ready>> way :
        List.<Callable<List<Ready>>>of(
            () -> poll.poll(),
            () -> poll.poll(-1),
            () -> poll.poll(LONG.toMillis()),
            () -> poll.poll(LONG),
            () -> poll.poll(null),
            () -> poll.poll(Duration.ofMillis(-1)))) {
      Greenlet<List<Ready>> polling = Gevent.spawn(way);
      turns();
      assertThat(polling.ready()).isFalse();
      say(pipe.sink());
      assertThat(polling.get()).containsExactly(new Ready(fd(pipe.source()), POLLIN));
      assertThat(hear(pipe.source())).isEqualTo(1);
    }
  }

  @Test
  void shouldReturnNothingWhenTheTimeIsUp() throws Exception {
    Poll poll = new Poll();
    poll.register(pipe().source());
    long start = System.nanoTime();
    assertThat(poll.poll(SHORT.toMillis())).isEmpty();
    assertThat(poll.poll(SHORT)).isEmpty();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * SHORT.toNanos());
    assertThat(poll.poll(Duration.ZERO)).isEmpty();
  }

  @Test
  void shouldTellOfErrorsAndHangUpsWithoutBeingAsked() throws Exception {
    Pipe hungUp = pipe();
    Pipe broken = pipe();
    Poll poll = new Poll();
    poll.register(hungUp.source(), 0);
    poll.register(broken.sink(), 0);
    Greenlet<List<Ready>> polling = Gevent.spawn(() -> poll.poll());
    turns();
    assertThat(polling.ready()).isFalse();
    hungUp.sink().close();
    broken.source().close();
    assertThat(polling.get())
        .containsExactly(
            new Ready(fd(hungUp.source()), POLLHUP), new Ready(fd(broken.sink()), POLLERR));
  }

  @Test
  void shouldTellOfUrgentData() throws Exception {
    SocketChannel[] ends = connection();
    Poll poll = new Poll();
    poll.register(ends[0], POLLIN | POLLPRI);
    Greenlet<List<Ready>> polling = Gevent.spawn(() -> poll.poll());
    turns();
    ends[1].socket().sendUrgentData(1);
    List<Ready> ready = polling.get();
    assertThat(ready).hasSize(1);
    assertThat(ready.get(0).events() & POLLPRI).isEqualTo(POLLPRI);
  }

  // gevent: test__select.py, POLLNVAL
  @Test
  void shouldTellOfDescriptorsThatAreClosed() throws Exception {
    Pipe pipe = pipe();
    Poll poll = new Poll();
    int fd = fd(pipe.source());
    poll.register(fd, POLLIN);
    poll.register(NOBODYS, POLLOUT);
    pipe.source().close();
    assertThat(poll.poll()).containsExactly(new Ready(fd, POLLNVAL), new Ready(NOBODYS, POLLNVAL));
  }

  // gevent: test__select.py, TestPossibleCrashes
  @Test
  void shouldSurviveADescriptorThatIsClosedMeanwhile() throws Exception {
    Pipe closed = pipe();
    Pipe other = pipe();
    Poll poll = new Poll();
    poll.register(closed.source());
    poll.register(other.source(), POLLIN);
    Greenlet<List<Ready>> polling = Gevent.spawn(() -> poll.poll());
    turns();
    closed.source().close();
    turns();
    say(other.sink());
    assertThat(polling.get()).contains(new Ready(fd(other.source()), POLLIN));
  }

  // gevent: test__select.py test_closing_object_while_polling
  @Test
  void shouldTellOfASocketOfOursThatIsClosedMeanwhile() throws Exception {
    UnixSocket[] ends = watchedPair();
    int fd = ends[0].fileno();
    Poll poll = new Poll();
    poll.register(ends[0], POLLIN);
    Greenlet<List<Ready>> polling = Gevent.spawn(() -> poll.poll(SHORT));
    turns();
    ends[0].close();
    assertThat(polling.get()).containsExactly(new Ready(fd, POLLNVAL));
    assertThat(poll.poll(SHORT)).containsExactly(new Ready(fd, POLLNVAL));
  }

  // gevent: testing/timing.py test_outer_timeout_is_not_lost
  @Test
  void shouldEndWithATimeoutAndLeaveNothingBehind() throws Exception {
    Poll poll = new Poll();
    poll.register(pipe().source());
    int active = Hub.get().loop().activeCount();
    for (Body each : List.<Body>of(() -> poll.poll(), () -> poll.poll(LONG))) {
      try (Timeout timeout = Timeout.startNew(SHORT)) {
        assertThat(thrownBy(each)).isSameAs(timeout);
      }
      assertThat(Hub.get().loop().activeCount()).isEqualTo(active);
    }
  }

  @Test
  void shouldLetOthersRunAlsoWhenItNeedNotWait() throws Exception {
    Poll poll = new Poll();
    int[] ran = new int[1];
    Gevent.spawn(() -> ran[0]++);
    assertThat(poll.poll(0)).isEmpty();
    assertThat(ran[0]).isEqualTo(1);
    poll.register(pipe().sink());
    Gevent.spawn(() -> ran[0]++);
    assertThat(poll.poll()).hasSize(1);
    assertThat(ran[0]).isEqualTo(2);
  }

  @Test
  void shouldWaitForEverForNothing() {
    assertThat(thrownBy(() -> new Poll().poll())).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldBlockOnAThreadWithoutAHub() throws Exception {
    Pipe pipe = pipe();
    runElsewhere(
        () -> {
          Poll poll = new Poll();
          poll.register(pipe.source(), POLLIN);
          assertThat(poll.poll(SHORT)).isEmpty();
          say(pipe.sink());
          assertThat(poll.poll()).hasSize(1);
          assertThat(Hub.getIfExists()).isNull();
        });
  }

  // ---- registering ----

  @Test
  void shouldLookForWhatWasRegisteredLast() throws Exception {
    SocketChannel[] ends = connection();
    Poll poll = new Poll();
    poll.register(ends[0], POLLIN);
    assertThat(poll.poll(0)).isEmpty();
    poll.modify(ends[0], POLLOUT);
    assertThat(poll.poll(0)).hasSize(1);
    poll.register(fd(ends[0]), POLLIN);
    assertThat(poll.poll(0)).isEmpty();
    poll.register(ends[0]);
    assertThat(poll.poll(0)).hasSize(1);
    poll.unregister(fd(ends[0]));
    assertThat(poll.poll(0)).isEmpty();
  }

  @Test
  void shouldPollWhatWasRegisteredWhenThePollBegan() throws Exception {
    Pipe pipe = pipe();
    Poll poll = new Poll();
    poll.register(pipe.source(), POLLIN);
    Greenlet<List<Ready>> polling = Gevent.spawn(() -> poll.poll());
    turns();
    poll.unregister(pipe.source());
    poll.register(pipe.sink(), POLLOUT);
    turns();
    assertThat(polling.ready()).isFalse();
    say(pipe.sink());
    assertThat(polling.get()).containsExactly(new Ready(fd(pipe.source()), POLLIN));
  }

  // gevent: test__select.py, test_unregister_never_registered
  @Test
  void shouldRefuseToChangeWhatIsNotRegistered() throws Exception {
    Pipe pipe = pipe();
    Poll poll = new Poll();
    for (Body bad :
        List.<Body>of(
            () -> poll.unregister(pipe.source()),
            () -> poll.modify(fd(pipe.source()), POLLIN),
            () -> poll.unregister(5))) {
      assertThat(thrownBy(bad))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessageContaining("descriptor");
    }
  }

  @Test
  void shouldRefuseWhatIsNoDescriptorOrNoEvent() throws Exception {
    Pipe pipe = pipe();
    Poll poll = new Poll();
    for (Body bad :
        List.<Body>of(
            () -> poll.register(-1),
            () -> poll.register("stdin"),
            () -> poll.register(pipe.source(), -1),
            () -> poll.register(pipe.source(), 1 << 16),
            () -> poll.unregister(-1))) {
      assertThat(thrownBy(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(thrownBy(() -> poll.register(null))).isInstanceOf(NullPointerException.class);
    assertThat(poll.poll(0)).isEmpty();
  }
}
