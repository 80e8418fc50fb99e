package io.gevent4j.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Spans of time, of any size. */
class SecondsTest {
  @Test
  void shouldBeNanos() {
    assertThat(Seconds.nanos(1.5)).isEqualTo(1_500_000_000L);
    assertThat(Seconds.nanos(Duration.ofMillis(2))).isEqualTo(2_000_000L);
    assertThat(Seconds.of(0.001)).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void shouldNeverBeNegative() {
    assertThat(Seconds.nanos(-1)).isZero();
    assertThat(Seconds.nanos(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(Seconds.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
  }

  @Test
  void shouldEndSomeCenturiesFromNow() {
    assertThat(Seconds.nanos(Double.POSITIVE_INFINITY)).isEqualTo(Long.MAX_VALUE);
    assertThat(Seconds.nanos(1e300)).isEqualTo(Long.MAX_VALUE);
    assertThat(Seconds.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldRefuseWhatIsNoNumber() {
    assertThatThrownBy(() -> Seconds.nanos(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }
}
