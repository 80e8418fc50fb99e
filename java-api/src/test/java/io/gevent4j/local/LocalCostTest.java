package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Allocated;
import org.junit.jupiter.api.Test;

/** What a use costs. */
class LocalCostTest extends LocalTest {
  private static final int ROUNDS = 50_000;

  private final GreenletLocal<Integer> local = GreenletLocal.withInitial(() -> 1);
  private int wrong;
  private Object sink;

  @Test
  void shouldAllocateNothingInMain() throws Exception {
    assertThat(Allocated.by(ROUNDS, this::use)).isLessThan(ROUNDS);
  }

  @Test
  void shouldAllocateNothingInAGreenlet() throws Exception {
    assertThat(inGreenlet(() -> Allocated.by(ROUNDS, this::use))).isLessThan(ROUNDS);
  }

  @Test
  void shouldCountWhatIsAllocated() throws Exception {
    assertThat(inGreenlet(() -> Allocated.by(ROUNDS, () -> sink = new Object())))
        .isGreaterThan(ROUNDS);
  }

  private void use() {
    Integer value = local.get();
    if (value != 1 || !local.isPresent()) {
      wrong++;
    }
    local.set(value);
    if (value == 1) {
      local.remove();
    }
  }
}
