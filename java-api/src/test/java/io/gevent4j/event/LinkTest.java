package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Linkable;
import io.gevent4j.lock.Semaphore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of links, of all that has them. gevent: {@code test__abstract_linkable.py}. */
class LinkTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  /** What becomes ready when its second part runs. */
  static Stream<Arguments> linkables() {
    Event event = new Event();
    AsyncResult<String> result = new AsyncResult<>();
    Semaphore semaphore = new Semaphore(0);
    return Stream.of(
        Arguments.of(event, (Runnable) event::set),
        Arguments.of(result, (Runnable) () -> result.set("value")),
        Arguments.of(semaphore, (Runnable) semaphore::release));
  }

  private Consumer<Linkable> adding(Object name) {
    return source -> seen.add(name);
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeCalledInTheirOrderInTheHubAndOnce(Linkable linkable, Runnable makeReady) {
    for (int i = 0; i < 3; i++) {
      int name = i;
      linkable.rawLink(
          source -> {
            assertThat(source).isSameAs(linkable);
            assertThat(io.gevent4j.greenlet.RawGreenlet.getCurrent()).isSameAs(Hub.get().runner());
            seen.add(name);
          });
    }
    turns();
    assertThat(seen).isEmpty();
    makeReady.run();
    assertThat(seen).as("called by the hub").isEmpty();
    turns();
    makeReady.run();
    turns();
    assertThat(seen).containsExactly(0, 1, 2);
    assertThat(((AbstractLinkable) linkable).linkCount()).isZero();
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeCalledWhenItIsReadyAlready(Linkable linkable, Runnable makeReady) {
    makeReady.run();
    linkable.rawLink(adding("late"));
    assertThat(seen).isEmpty();
    turns();
    assertThat(seen).containsExactly("late");
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeCalledAsOftenAsItIsLinked(Linkable linkable, Runnable makeReady) {
    Consumer<Linkable> twice = adding("twice");
    linkable.rawLink(twice);
    linkable.rawLink(twice);
    linkable.rawLink(twice);
    linkable.unlink(twice);
    makeReady.run();
    turns();
    assertThat(seen).containsExactly("twice", "twice");
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldAllBeCalledThoughOneFails(Linkable linkable, Runnable makeReady) {
    IllegalStateException failure = new IllegalStateException("of the link");
    linkable.rawLink(adding(1));
    linkable.rawLink(
        source -> {
          throw failure;
        });
    linkable.rawLink(adding(3));
    makeReady.run();
    turns();
    assertThat(seen).containsExactly(1, 3);
    assertThat(takeThrown()).containsExactly(failure);
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeTakenBackByAnEarlierOne(Linkable linkable, Runnable makeReady) {
    Consumer<Linkable> later = adding("later");
    linkable.rawLink(
        source -> {
          seen.add("first");
          source.unlink(later);
        });
    linkable.rawLink(later);
    linkable.rawLink(adding("last"));
    makeReady.run();
    turns();
    assertThat(seen).containsExactly("first", "last");
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeTakenBackAfterItWasTold(Linkable linkable, Runnable makeReady) {
    Consumer<Linkable> link = adding("taken back");
    linkable.rawLink(link);
    linkable.rawLink(adding("next"));
    makeReady.run();
    linkable.unlink(link);
    turns();
    assertThat(seen).containsExactly("next");
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldBeAbleToLinkAgain(Linkable linkable, Runnable makeReady) {
    linkable.rawLink(
        source -> {
          seen.add(1);
          source.rawLink(adding(2));
        });
    makeReady.run();
    turns();
    assertThat(seen).containsExactly(1, 2);
  }

  @ParameterizedTest
  @MethodSource("linkables")
  void shouldSurviveAnErrorOfAllKinds(Linkable linkable, Runnable makeReady) {
    StackOverflowError error = new StackOverflowError("of the link");
    linkable.rawLink(
        source -> {
          throw error;
        });
    linkable.rawLink(adding("next"));
    makeReady.run();
    turns();
    assertThat(seen).containsExactly("next");
    assertThat(takeThrown()).containsExactly(error);
  }
}
