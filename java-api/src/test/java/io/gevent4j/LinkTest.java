package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is told that a greenlet has ended, when, and in which order. */
class LinkTest extends HubTest {
  private enum Kind {
    LINK,
    LINK_VALUE,
    LINK_EXCEPTION,
    RAW_LINK;

    void link(Greenlet<Object> greenlet, Consumer<Object> callback) {
      switch (this) {
        case LINK -> greenlet.link(callback);
        case LINK_VALUE -> greenlet.linkValue(callback);
        case LINK_EXCEPTION -> greenlet.linkException(callback);
        case RAW_LINK -> greenlet.rawLink(callback);
      }
    }

    boolean wants(End end) {
      return switch (this) {
        case LINK, RAW_LINK -> true;
        case LINK_VALUE -> end != End.RAISE;
        case LINK_EXCEPTION -> end == End.RAISE;
      };
    }
  }

  private enum End {
    RETURN,
    RAISE,
    KILL
  }

  private final List<Object> called = new ArrayList<>();

  /** A greenlet that will end like this in the next turn. */
  private static Greenlet<Object> spawnEnding(End end) {
    Greenlet<Object> greenlet =
        Gevent.spawn(
            () -> {
              if (end == End.RAISE) {
                throw new IllegalStateException("raised");
              }
              if (end == End.KILL) {
                Gevent.sleep(LONG);
              }
              return "returned";
            });
    if (end == End.KILL) {
      turn();
      greenlet.kill(false);
    }
    return greenlet;
  }

  private void assertReported(End end) {
    assertThat(takeErrors()).hasSize(end == End.RAISE ? 1 : 0);
  }

  private Consumer<Object> adds(Object name) {
    return ignored -> called.add(name);
  }

  @ParameterizedTest
  @CsvSource({
    "LINK, RETURN", "LINK_VALUE, RETURN", "LINK_EXCEPTION, RETURN", "RAW_LINK, RETURN",
    "LINK, RAISE", "LINK_VALUE, RAISE", "LINK_EXCEPTION, RAISE", "RAW_LINK, RAISE",
    "LINK, KILL", "LINK_VALUE, KILL", "LINK_EXCEPTION, KILL", "RAW_LINK, KILL"
  })
  void shouldTellWhoWantsToKnowWhenLinkedBeforeTheEnd(Kind kind, End end) {
    Greenlet<Object> greenlet = spawnEnding(end);
    kind.link(greenlet, called::add);
    assertThat(called).isEmpty();
    turns();
    assertThat(greenlet.ready()).isTrue();
    assertThat(called).isEqualTo(kind.wants(end) ? List.of(greenlet) : List.of());
    turns();
    assertThat(called).hasSizeLessThanOrEqualTo(1);
    assertReported(end);
  }

  @ParameterizedTest
  @CsvSource({
    "LINK, RETURN", "LINK_VALUE, RETURN", "LINK_EXCEPTION, RETURN", "RAW_LINK, RETURN",
    "LINK, RAISE", "LINK_VALUE, RAISE", "LINK_EXCEPTION, RAISE", "RAW_LINK, RAISE",
    "LINK, KILL", "LINK_VALUE, KILL", "LINK_EXCEPTION, KILL", "RAW_LINK, KILL"
  })
  void shouldTellWhoWantsToKnowWhenLinkedAfterTheEnd(Kind kind, End end) {
    Greenlet<Object> greenlet = spawnEnding(end);
    greenlet.join();
    kind.link(greenlet, called::add);
    assertThat(called).as("not in the call that links").isEmpty();
    turns();
    assertThat(called).isEqualTo(kind.wants(end) ? List.of(greenlet) : List.of());
    assertReported(end);
  }

  @Test
  void shouldTellRawLinksWithinOneTurnWhenLinkedAfterTheEnd() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.join();
    greenlet.rawLink(called::add);
    turn();
    assertThat(called).containsExactly(greenlet);
  }

  @Test
  void shouldTellRawLinksInTheHub() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(ignored -> called.add(Gevent.getCurrent()));
    turns();
    assertThat(called).containsExactly(Gevent.getHub().runner());
  }

  @Test
  void shouldTellOtherLinksInAGreenletOfTheirOwn() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.link(ignored -> called.add(Gevent.getCurrent()));
    greenlet.link(ignored -> called.add(Gevent.getCurrent()));
    turns();
    assertThat(called)
        .hasSize(2)
        .doesNotHaveDuplicates()
        .doesNotContain(greenlet, Gevent.getHub().runner(), Gevent.getCurrent());
    assertThat(((RawGreenlet) called.get(0)).getParent()).isSameAs(Gevent.getHub().runner());
  }

  @Test
  void shouldLetALinkWaitWhenItIsNotRaw() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.link(
        ignored -> {
          Gevent.sleep(SHORT);
          called.add("waited");
        });
    Gevent.waitAll();
    assertThat(called).containsExactly("waited");
  }

  @Test
  void shouldRefuseAWaitWhenTheLinkIsRaw() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(ignored -> Gevent.sleep(SHORT));
    greenlet.rawLink(adds("next"));
    turns();
    assertThat(called).containsExactly("next");
    assertThat(takeThrown()).singleElement().isInstanceOf(BlockingSwitchOutError.class);
  }

  @Test
  void shouldTellInTheOrderOfLinking() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    for (int i = 1; i <= 5; i++) {
      greenlet.link(adds(i));
    }
    turns();
    assertThat(called).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void shouldTellTheRestWhenALinkThrows() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    RuntimeException raw = new RuntimeException("raw");
    RuntimeException spawned = new RuntimeException("spawned");
    Consumer<Object> failing =
        ignored -> {
          throw raw;
        };
    greenlet.rawLink(adds(1));
    greenlet.rawLink(failing);
    greenlet.link(
        ignored -> {
          throw spawned;
        });
    greenlet.rawLink(adds(2));
    greenlet.link(adds(3));
    turns();
    assertThat(called).containsExactly(1, 2, 3);
    List<Reported> reported = takeErrors();
    assertThat(reported).extracting(each -> each.thrown).containsExactly(raw, spawned);
    assertThat(reported.get(0).context).isSameAs(failing);
  }

  @Test
  void shouldNotTellWhenUnlinkedByAnEarlierLink() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    Consumer<Object> second = adds("second");
    greenlet.rawLink(
        ignored -> {
          called.add("first");
          greenlet.unlink(second);
        });
    greenlet.rawLink(second);
    greenlet.rawLink(adds("third"));
    turns();
    assertThat(called).containsExactly("first", "third");
  }

  @Test
  void shouldNotTellTheRestWhenALinkThrowsAndUnlinksAll() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(
        ignored -> {
          greenlet.unlinkAll();
          throw new IllegalStateException("after unlinking");
        });
    greenlet.rawLink(adds("rest"));
    turns();
    assertThat(called).isEmpty();
    assertThat(takeErrors()).hasSize(1);
  }

  @Test
  void shouldHaveTakenALinkOutWhenItIsTold() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(ignored -> called.add(greenlet.hasLinks()));
    greenlet.rawLink(ignored -> called.add(greenlet.hasLinks()));
    turns();
    assertThat(called).containsExactly(true, false);
  }

  @Test
  void shouldTellALinkThatIsMadeWhileOthersAreTold() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(ignored -> greenlet.rawLink(adds("made meanwhile")));
    greenlet.rawLink(adds("made before"));
    turns();
    assertThat(called).containsExactly("made before", "made meanwhile");
  }

  @Test
  void shouldTellTwiceWhenLinkedTwice() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    Consumer<Object> callback = adds("called");
    greenlet.rawLink(callback);
    greenlet.link(callback);
    greenlet.rawLink(callback);
    turns();
    assertThat(called).hasSize(3);
  }

  @Test
  void shouldTakeBackOneLinkWhenLinkedTwice() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    Consumer<Object> callback = adds("called");
    greenlet.rawLink(callback);
    greenlet.rawLink(callback);
    greenlet.unlink(callback);
    turns();
    assertThat(called).hasSize(1);
  }

  @Test
  void shouldUnlinkByEquality() {
    record Named(String name, List<Object> called) implements Consumer<Object> {
      @Override
      public void accept(Object ignored) {
        called.add(name);
      }
    }

    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.link(new Named("one", called));
    greenlet.rawLink(new Named("two", called));
    greenlet.unlink(new Named("one", called));
    turns();
    assertThat(called).containsExactly("two");
  }

  @Test
  void shouldNotTellWhenUnlinkedBetweenTheEndAndTheTelling() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    greenlet.rawLink(called::add);
    turn();
    assertThat(greenlet.ready()).isTrue();
    assertThat(called).as("it is told after those that were ready").isEmpty();
    greenlet.unlink(adds("another"));
    assertThat(greenlet.hasLinks()).as("of another callback").isTrue();
    greenlet.unlinkAll();
    turns();
    assertThat(called).isEmpty();
  }

  @Test
  void shouldKnowWhetherItHasLinks() {
    Greenlet<Object> greenlet = spawnEnding(End.RETURN);
    Consumer<Object> callback = adds("called");
    assertThat(greenlet.hasLinks()).isFalse();
    greenlet.unlink(callback);
    greenlet.unlinkAll();
    greenlet.link(callback);
    assertThat(greenlet.hasLinks()).isTrue();
    greenlet.unlink(callback);
    assertThat(greenlet.hasLinks()).isFalse();
  }

  @Test
  void shouldRefuseNullAsALink() {
    Greenlet<Object> greenlet = new Greenlet<>(Object::new);
    assertThat(thrownBy(() -> greenlet.link(null))).isInstanceOf(NullPointerException.class);
    assertThat(thrownBy(() -> greenlet.rawLink(null))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldTellAboutTheErrorAfterTheLinksAreScheduled() {
    Greenlet<Object> greenlet = spawnEnding(End.RAISE);
    greenlet.rawLink(ignored -> called.add(errors().size()));
    turns();
    assertThat(called).as("reports when the link is told").containsExactly(1);
    takeErrors();
  }

  @Test
  void shouldTellInTheHubWhenAnotherThreadLinks() throws Exception {
    Greenlet<Object> greenlet = spawnEnding(End.KILL);
    greenlet.join();
    Thread thread = new Thread(() -> greenlet.rawLink(ignored -> called.add(Gevent.getCurrent())));
    thread.start();
    thread.join();
    Gevent.sleep(SHORT);
    assertThat(called).containsExactly(Gevent.getHub().runner());
  }
}
