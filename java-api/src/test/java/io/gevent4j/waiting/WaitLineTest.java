package io.gevent4j.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.HubTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** First come, first served. */
class WaitLineTest extends HubTest {
  private final List<Place> called = new ArrayList<>();
  private final Guard guard = new Guard();

  private final class Someone extends Place {
    @Override
    boolean call(boolean next) {
      called.add(this);
      return true;
    }

    @Override
    boolean claims() {
      return true;
    }
  }

  private WaitLine lineOf(Place... places) {
    WaitLine line = new WaitLine(guard);
    for (Place place : places) {
      line.add(place);
    }
    return line;
  }

  private final Place a = new Someone();
  private final Place b = new Someone();
  private final Place c = new Someone();

  @Test
  void shouldBeEmptyAtFirst() {
    WaitLine line = new WaitLine(guard);
    assertThat(line.isEmpty()).isTrue();
    assertThat(line.size()).isZero();
    assertThat(line.first()).isNull();
    assertThat(line.notifyOne(false)).isFalse();
    line.notifyEach();
    assertThat(line.hasForeign()).isFalse();
  }

  @Test
  void shouldKeepTheOrder() {
    WaitLine line = lineOf(a, b, c);
    assertThat(line.first()).isSameAs(a);
    assertThat(line.after(a)).isSameAs(b);
    assertThat(line.after(c)).isNull();
    assertThat(line.remove(b)).isTrue();
    assertThat(line.remove(b)).isFalse();
    assertThat(line.after(a)).isSameAs(c);
    line.add(b);
    assertThat(line.after(c)).isSameAs(b);
  }

  @Test
  void shouldTellEachOnce() {
    WaitLine line = lineOf(a, b, c);
    assertThat(line.notifyOne(false)).isTrue();
    line.notify(a, false);
    assertThat(called).containsExactly(a);
    line.notify(c, false);
    assertThat(line.notifyOne(false)).isTrue();
    assertThat(line.notifyOne(false)).isFalse();
    assertThat(called).containsExactly(a, c, b);
    assertThat(line.claims()).isEqualTo(3);
    assertThat(line.size()).as("they keep their places").isEqualTo(3);
  }

  @Test
  void shouldTellAllInTheirOrder() {
    WaitLine line = lineOf(a, b, c);
    line.notify(b, false);
    line.notifyEach();
    line.notifyEach();
    assertThat(called).containsExactly(b, a, c);
  }

  @Test
  void shouldForgetWhoGoes() {
    WaitLine line = lineOf(a, b);
    line.notifyOne(false);
    line.remove(a);
    assertThat(line.claims()).isZero();
    assertThat(line.size()).isEqualTo(1);
    assertThat(line.notifyOne(false)).isTrue();
    assertThat(called).containsExactly(a, b);
  }

  @Test
  void shouldTellAgainWhoWaitsOnInHisPlace() {
    WaitLine line = lineOf(a, b);
    line.notifyOne(false);
    line.forget(a);
    line.forget(b);
    assertThat(line.claims()).isZero();
    line.notifyOne(false);
    assertThat(called).containsExactly(a, a);
  }

  @Test
  void shouldUseAPlaceAgainOnlyWhenNobodyElseKnowsIt() {
    WaitLine line = new WaitLine(guard);
    Waiting first = line.join();
    line.notifyOne(false);
    assertThat(first.grant()).isTrue();
    line.leave(first, true);
    Waiting second = line.join();
    assertThat(second).isSameAs(first);
    assertThat(second.isNotified()).isFalse();
    assertThat(second.isGranted()).isFalse();
    line.leave(second, false);
    assertThat(line.join()).isNotSameAs(second);
  }
}
