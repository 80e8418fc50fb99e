package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** What is refused, and that a refusal changes nothing. */
class BadInputTest extends OnEachLoop {
  private static final Runnable NO_RUNNABLE = null;
  private static final Duration MINUS = Duration.ofSeconds(-1);

  private static void assertAllThrow(Class<? extends Throwable> expected, Map<String, Body> calls) {
    calls.forEach((call, body) -> assertThat(thrownBy(body)).as(call).isInstanceOf(expected));
  }

  @Test
  void shouldRefuseALoopThatThereIsNot() {
    assertThat(thrownBy(() -> new Loop("libnone")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("libnone")
        .hasMessageContaining("libev")
        .hasMessageContaining("libuv");
    assertThat(thrownBy(() -> new Loop(name, "nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
    assertThat(thrownBy(() -> new Loop(null))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldNameTheWaysThatThereAreWhenOneIsMissing() {
    for (String way : List.of("epoll", "linuxaio", "iouring", "poll", "select")) {
      if (!Loop.isSupported(name, way)) {
        assertThat(thrownBy(() -> new Loop(name, way)))
            .as(way)
            .isInstanceOfAny(UnsupportedOperationException.class, IllegalArgumentException.class)
            .hasMessageContaining(way)
            .hasMessageContaining(Loop.supportedBackends(name).toString());
      }
    }
  }

  // gevent: test__core.py and test__core_watcher.py, what constructors refuse
  @Test
  void shouldRefuseWatchersOfNothing() {
    Map<String, Body> calls = new LinkedHashMap<>();
    calls.put("fd", () -> loop().io(-1, Loop.READ));
    calls.put("no events", () -> loop().io(1, 0));
    calls.put("ERROR", () -> loop().io(1, Loop.ERROR));
    calls.put("events", () -> loop().io(1, 1 << 20));
    calls.put("repeat", () -> loop().timer(1, -1));
    calls.put("repeat span", () -> loop().timer(Duration.ZERO, MINUS));
    calls.put("NaN", () -> loop().timer(Double.NaN));
    calls.put("repeat NaN", () -> loop().timer(1, Double.NaN));
    calls.put("pid 0", () -> loop().child(0));
    calls.put("pid", () -> loop().child(-1));
    calls.put("pid too large", () -> loop().child(1L << 40));
    calls.put("path", () -> loop().stat(Path.of("")));
    calls.put("interval", () -> loop().stat(Path.of("/"), MINUS));
    assertAllThrow(IllegalArgumentException.class, calls);
    assertThat(loop().watchers.add(null)).as("no watcher was left behind").isZero();
  }

  @Test
  void shouldRefuseNull() {
    TimerWatcher timer = loop().timer(1);
    Map<String, Body> calls = new LinkedHashMap<>();
    calls.put("start", () -> timer.start(null));
    calls.put("setCallback", () -> timer.setCallback(null));
    calls.put("again", () -> timer.again(null));
    calls.put("io start", () -> loop().io(1, Loop.READ).start((IntConsumer) null));
    calls.put("io start, no events", () -> loop().io(1, Loop.READ).start(NO_RUNNABLE));
    calls.put("runCallback", () -> loop().runCallback(null));
    calls.put("runCallbackThreadsafe", () -> loop().runCallbackThreadsafe(null));
    calls.put("timer", () -> loop().timer((Duration) null));
    calls.put("signal", () -> loop().signal(null));
    calls.put("child", () -> loop().child(null));
    calls.put("stat", () -> loop().stat(null));
    assertAllThrow(NullPointerException.class, calls);
    assertThat(timer.isActive()).isFalse();
    run();
  }

  @Test
  void shouldRefuseToFeedWhatIsNotActive() {
    assertThat(thrownBy(() -> loop().timer(1).feed(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseToRestartARepeatingTimerWithoutCallback() {
    TimerWatcher timer = loop().timer(1, 1);
    assertThat(thrownBy(timer::again)).isInstanceOf(IllegalStateException.class);
    assertThat(timer.isActive()).isFalse();
  }

  @Test
  void shouldRefuseEverythingButQuestionsWhenTheWatcherIsClosed() {
    IoWatcher io = loop().io(1, Loop.READ);
    TimerWatcher timer = loop().timer(1, 1);
    AsyncWatcher async = loop().async();
    StatWatcher stat = loop().stat(Path.of("/"));
    List.of(io, timer, async, stat).forEach(Watcher::close);
    assertAllThrow(IllegalStateException.class, callsOf(io, timer, async, stat));
    assertThat(timer.isClosed()).isTrue();
    assertThat(timer.isActive() || timer.isPending()).isFalse();
    assertThat(timer.loop()).isSameAs(loop());
  }

  @Test
  void shouldRefuseEverythingButQuestionsWhenTheLoopIsClosed() {
    IoWatcher io = loop().io(1, Loop.READ);
    TimerWatcher timer = loop().timer(1, 1);
    AsyncWatcher async = loop().async();
    StatWatcher stat = loop().stat(Path.of("/"));
    loop().close();
    assertAllThrow(IllegalStateException.class, callsOf(io, timer, async, stat));
    Map<String, Body> calls = callsOf(loop());
    calls.put("runCallbackThreadsafe", () -> loop().runCallbackThreadsafe(() -> {}));
    calls.put("now", () -> loop().now());
    calls.put("iteration", () -> loop().iteration());
    calls.put("activeCount", () -> loop().activeCount());
    calls.put("pendingCount", () -> loop().pendingCount());
    calls.put("fileno", () -> loop().fileno());
    calls.put("ptr", () -> loop().ptr());
    calls.put("install", () -> loop().install());
    assertAllThrow(IllegalStateException.class, calls);
    assertThat(loop().name()).isEqualTo(name);
    assertThat(loop().backend()).isNotEmpty();
  }

  @Test
  void shouldRefuseOtherThreads() {
    IoWatcher io = loop().io(1, Loop.READ);
    TimerWatcher timer = loop().timer(1, 1);
    timer.start(() -> {});
    Map<String, Body> calls = callsOf(loop());
    calls.putAll(callsOf(io, timer, null, null));
    calls.put("close loop", () -> loop().close());
    calls.put("close watcher", () -> timer.close());
    calls.forEach(
        (call, body) ->
            assertThat(thrownInAnotherThread(body))
                .as(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another thread"));
    assertThat(loop().isClosed()).isFalse();
    assertThat(timer.isActive()).isTrue();
    assertThat(loop().activeCount()).isEqualTo(1);
    timer.stop();
    run();
  }

  /** What only the loop's own thread may ask of an open loop. */
  private static Map<String, Body> callsOf(Loop loop) {
    Map<String, Body> calls = new LinkedHashMap<>();
    calls.put("run", loop::run);
    calls.put("breakLoop", loop::breakLoop);
    calls.put("updateNow", loop::updateNow);
    calls.put("ref", loop::ref);
    calls.put("unref", loop::unref);
    calls.put("reinit", loop::reinit);
    calls.put("debug", loop::debug);
    calls.put("setErrorHandler", () -> loop.setErrorHandler(null));
    calls.put("runCallback", () -> loop.runCallback(() -> {}));
    calls.put("io", () -> loop.io(1, Loop.READ));
    calls.put("timer", () -> loop.timer(1));
    calls.put("async", loop::async);
    calls.put("signal", () -> loop.signal("TERM"));
    calls.put("child", () -> loop.child(1));
    calls.put("stat", () -> loop.stat(Path.of("/")));
    calls.put("idle", loop::idle);
    calls.put("prepare", loop::prepare);
    calls.put("check", loop::check);
    calls.put("fork", loop::fork);
    return calls;
  }

  /** What only the loop's own thread may ask of open watchers. */
  private static Map<String, Body> callsOf(
      IoWatcher io, TimerWatcher timer, AsyncWatcher async, StatWatcher stat) {
    Map<String, Body> calls = new LinkedHashMap<>();
    calls.put("start", () -> timer.start(() -> {}));
    calls.put("stop", timer::stop);
    calls.put("again", () -> timer.again(() -> {}));
    calls.put("setCallback", () -> timer.setCallback(() -> {}));
    calls.put("setRef", () -> timer.setRef(false));
    calls.put("feed", () -> timer.feed(1));
    calls.put("io start", () -> io.start(events -> {}));
    calls.put("io setCallback", () -> io.setCallback(() -> {}));
    calls.put("setFd", () -> io.setFd(2));
    calls.put("setEvents", () -> io.setEvents(Loop.WRITE));
    calls.put("setPriority", () -> io.setPriority(1));
    if (async != null) {
      calls.put("at", timer::at);
      calls.put("ptr", timer::ptr);
      calls.put("send", async::send);
      calls.put("attr", stat::attr);
      calls.put("prev", stat::prev);
    }
    return calls;
  }
}
