package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IoWatcherTest extends OnEachLoop {
  @Test
  void shouldFireWhenTheDescriptorIsReadable() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<Integer> seen = new ArrayList<>();
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ);
      watcher.start(
          events -> {
            seen.add(events);
            seen.add(fifo.read());
            watcher.stop();
          });
      loop().timer(0.002).start(() -> fifo.write(42));
      run();
      assertThat(seen).containsExactly(Loop.READ, 42);
    }
  }

  @Test
  void shouldFireAsLongAsTheDescriptorIsReadable() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<Integer> seen = new ArrayList<>();
      fifo.write(1);
      fifo.write(2);
      fifo.write(3);
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ);
      watcher.start(
          () -> {
            seen.add(fifo.read());
            if (seen.size() == 3) {
              watcher.stop();
            }
          });
      run();
      assertThat(seen).containsExactly(1, 2, 3);
    }
  }

  @Test
  void shouldFireWhenTheDescriptorIsWritable() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<Integer> seen = new ArrayList<>();
      IoWatcher watcher = loop().io(fifo.fd(), Loop.WRITE);
      watcher.start(
          events -> {
            seen.add(events);
            watcher.stop();
          });
      run();
      assertThat(seen).containsExactly(Loop.WRITE);
    }
  }

  @Test
  void shouldRunTheLatestCallbackWhetherItTakesEventsOrNot() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher watcher = loop().io(fifo.fd(), Loop.WRITE);
      watcher.start(events -> seen.add("replaced"));
      watcher.start(
          () -> {
            seen.add("plain");
            watcher.start(
                events -> {
                  seen.add("events " + events);
                  watcher.stop();
                });
          });
      run();
      assertThat(seen).containsExactly("plain", "events " + Loop.WRITE);
    }
  }

  // gevent: test__core.py TestWatchers.test_io, multiplex
  @Test
  void shouldEachGetItsOwnEventsWhenTwoWatchOneDescriptor() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher reader = loop().io(fifo.fd(), Loop.READ);
      IoWatcher writer = loop().io(fifo.fd(), Loop.WRITE);
      reader.start(
          events -> {
            seen.add("read " + events + " " + fifo.read());
            reader.stop();
          });
      writer.start(
          events -> {
            seen.add("write " + events);
            fifo.write(7);
            writer.stop();
          });
      run();
      assertThat(seen).containsExactly("write " + Loop.WRITE, "read " + Loop.READ + " 7");
    }
  }

  @Test
  void shouldGoOnForTheOtherWhenOneOfTwoOnADescriptorStops() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher first = loop().io(fifo.fd(), Loop.READ);
      IoWatcher second = loop().io(fifo.fd(), Loop.READ);
      first.start(
          () -> {
            seen.add("first");
            first.close();
          });
      second.start(
          () -> {
            seen.add("second");
            if (seen.size() >= 3) {
              second.stop();
            }
          });
      fifo.write(1);
      run();
      assertThat(seen).containsExactly("first", "second", "second");
    }
  }

  @Test
  void shouldGetBothInOneGoWhenItWatchesForBoth() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<Integer> seen = new ArrayList<>();
      fifo.write(1);
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ | Loop.WRITE);
      watcher.start(
          events -> {
            seen.add(events);
            watcher.stop();
          });
      run();
      assertThat(seen).containsExactly(Loop.READ | Loop.WRITE);
    }
  }

  @Test
  void shouldWatchWhatItIsSetToAfterAStop() throws Exception {
    try (Fifo first = new Fifo();
        Fifo second = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher watcher = loop().io(first.fd(), Loop.WRITE);
      watcher.start(() -> seen.add("not this"));
      watcher.stop();
      watcher.setFd(second.fd());
      watcher.setEvents(Loop.READ);
      assertThat(watcher.fd()).isEqualTo(second.fd());
      assertThat(watcher.events()).isEqualTo(Loop.READ);
      first.write(1);
      second.write(2);
      watcher.start(
          () -> {
            seen.add("read " + second.read());
            watcher.stop();
          });
      run();
      assertThat(seen).containsExactly("read 2");
    }
  }

  // gevent: test__core_watcher.py, io attributes
  @Test
  void shouldRefuseToBeSetWhileItIsActive() throws Exception {
    try (Fifo fifo = new Fifo()) {
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ);
      watcher.start(() -> {});
      assertThat(thrownBy(() -> watcher.setFd(0))).isInstanceOf(IllegalStateException.class);
      assertThat(thrownBy(() -> watcher.setEvents(Loop.WRITE)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(watcher.fd()).isEqualTo(fifo.fd());
      assertThat(watcher.events()).isEqualTo(Loop.READ);
      watcher.stop();
    }
  }

  @Test
  void shouldNameItsEvents() throws Exception {
    try (Fifo fifo = new Fifo()) {
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ);
      assertThat(watcher.eventsString()).isEqualTo("READ");
      watcher.setEvents(Loop.WRITE);
      assertThat(watcher.eventsString()).isEqualTo("WRITE");
      watcher.setEvents(Loop.READ | Loop.WRITE);
      assertThat(watcher.eventsString()).isEqualTo("READ|WRITE");
      assertThat(watcher.toString()).contains("io watcher", "fd=" + fifo.fd(), "READ|WRITE");
    }
  }

  // gevent: test__core.py TestWatchersDefault.test_io, an invalid descriptor
  @Test
  void shouldRefuseToStartWhenTheDescriptorIsNotOpen() {
    IoWatcher watcher = loop().io(12_345, Loop.READ);
    assertThat(thrownBy(() -> watcher.start(() -> {})))
        .isInstanceOfSatisfying(LoopException.class, e -> assertThat(e.errno()).isEqualTo(9))
        .hasMessageContaining("EBADF")
        .hasMessageContaining("12345");
    assertThat(watcher.isActive()).isFalse();
    assertThat(watcher.callback()).isNull();
    run();
  }

  // gevent: test__close_backend_fd.py and test__hub.py: the loop survives
  @Test
  void shouldKeepTheLoopAliveWhenTheDescriptorIsClosedWhileItIsWatched() throws Exception {
    try (Fifo fifo = new Fifo();
        Fifo other = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher closed = loop().io(fifo.fd(), Loop.READ);
      closed.start(events -> seen.add("closed " + (events & Loop.ERROR)));
      loop().timer(0.001).start(fifo::closeDescriptor);
      loop().timer(0.005).start(closed::stop);
      IoWatcher lives = loop().io(other.fd(), Loop.READ);
      lives.start(
          () -> {
            seen.add("lives");
            lives.stop();
          });
      loop().timer(0.01).start(() -> other.write(1));
      run();
      assertThat(seen).contains("lives");
    }
  }

  @Test
  void shouldRunBeforeATimerOfLowerPriorityWhenBothFireWithOnePoll() throws Exception {
    try (Fifo fifo = new Fifo()) {
      List<String> seen = new ArrayList<>();
      IoWatcher watcher = loop().io(fifo.fd(), Loop.READ);
      watcher.start(
          () -> {
            seen.add("io");
            watcher.stop();
          });
      TimerWatcher timer = loop().timer(0.001);
      timer.setPriority(-1);
      timer.start(() -> seen.add("timer"));
      fifo.write(1);
      Thread.sleep(5); // so that both are due with one poll
      run();
      assertThat(seen).containsExactly("io", "timer");
    }
  }
}
