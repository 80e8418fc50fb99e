package io.gevent4j.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Config;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.event.Event;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The resolver with threads. */
class ThreadResolverTest extends ResolverContract {
  @Override
  Resolver make() {
    return new ThreadResolver();
  }

  /** A lookup that blocks its thread until it is let go. */
  private static final class Slow {
    final CountDownLatch go = new CountDownLatch(1);
    final AtomicInteger inside = new AtomicInteger();
    final Event begun = new Event();

    Answer call() {
      inside.incrementAndGet();
      begun.set();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return SystemCall.addresses("127.0.0.1", null, 0, Resolver.SOCK_STREAM, 0, 0);
    }
  }

  @Test
  void shouldLetOthersRunMeanwhile() throws Exception {
    Slow slow = new Slow();
    try (ThreadResolver resolver = new ThreadResolver()) {
      Greenlet<Answer> asks = Gevent.spawn(() -> resolver.ask(slow::call));
      slow.begun.await(); // the asker's thread blocks, and this greenlet runs
      slow.go.countDown();
      assertThat(asks.get().addresses(null)).hasSize(1);
    }
  }

  /** For which the C library may ask a name server. */
  @Test
  void shouldLetOthersRunWhileTheOwnDomainIsLookedFor() throws Exception {
    try (ThreadResolver resolver = new ThreadResolver()) {
      Greenlet<Void> other = Gevent.spawn(() -> {});
      resolver.getNameInfo(new InetSocketAddress("127.0.0.1", 80), Resolver.NI_NOFQDN);
      assertThat(other.ready()).isTrue();
    }
  }

  @Test
  void shouldAskWithAsManyThreadsAsItHas() throws Exception {
    Slow slow = new Slow();
    try (ThreadResolver resolver = new ThreadResolver(2)) {
      List<Greenlet<Answer>> askers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        askers.add(Gevent.spawn(() -> resolver.ask(slow::call)));
      }
      while (slow.inside.get() < 2) {
        Gevent.sleep(SHORT);
      }
      Gevent.sleep(SHORT);
      assertThat(slow.inside).hasValue(2);
      slow.go.countDown();
      Gevent.joinAll(askers);
      assertThat(slow.inside).hasValue(5);
    }
  }

  @Test
  void shouldNotHoldAKilledGreenlet() throws Exception {
    Slow slow = new Slow();
    try (ThreadResolver resolver = new ThreadResolver()) {
      Greenlet<Answer> asks = Gevent.spawn(() -> resolver.ask(slow::call));
      slow.begun.await();
      asks.kill();
      assertThat(asks.isDead()).isTrue();
      slow.go.countDown();
      assertThat(resolver.getAddrInfo("localhost", 80)).isNotEmpty();
    }
  }

  @Test
  void shouldTellWaitersWhenItIsClosed() throws Exception {
    Slow slow = new Slow();
    ThreadResolver resolver = new ThreadResolver(1);
    List<Greenlet<Throwable>> askers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      askers.add(
          Gevent.spawn(
              () -> thrownBy(() -> resolver.ask(slow::call).require("getAddrInfo", "slow.test"))));
    }
    slow.begun.await();
    resolver.close();
    for (Greenlet<Throwable> asker : askers) {
      assertThat(asker.get())
          .isInstanceOf(LookupException.class)
          .hasMessage("getAddrInfo slow.test: the resolver was closed");
    }
    slow.go.countDown();
    assertThatThrownBy(() -> resolver.getAddrInfo("localhost", 80))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("getAddrInfo")
        .hasMessageContaining("closed");
    assertThat(slow.inside).hasValue(1);
  }

  @Test
  void shouldBlockAThreadThatIsNotItsHubs() throws Exception {
    try (ThreadResolver resolver = new ThreadResolver()) {
      List<Object> found = new ArrayList<>();
      Thread thread =
          new Thread(
              () -> {
                found.add(resolver.ask(() -> SystemCall.host("127.0.0.1")));
                found.add(thrownBy(resolver::close));
              });
      thread.start();
      thread.join();
      assertThat(found.get(0)).isInstanceOf(Answer.class);
      assertThat(found.get(1)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldTellWhatTheCallThrows() {
    try (ThreadResolver resolver = new ThreadResolver()) {
      assertThatThrownBy(
              () ->
                  resolver.ask(
                      () -> {
                        throw new OutOfMemoryError("of the test");
                      }))
          .isInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void shouldRefuseToHaveNoThreads() {
    assertThatThrownBy(() -> new ThreadResolver(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldBeTheHubsUnlessSetOtherwise() {
    assertThat(Config.RESOLVER.value()).startsWith("thread");
    Resolver made = Resolver.get();
    assertThat(made).isInstanceOf(ThreadResolver.class).isSameAs(Resolver.get());
    Resolver other = new BlockResolver();
    Resolver.set(other);
    assertThat(Resolver.get()).isSameAs(other);
    assertThat(Hub.get().isClosed()).isFalse();
  }
}
