package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a use costs. */
class LocalCostTest extends LocalTest {
  private static final int ROUNDS = 50_000;

  private final GreenletLocal<Integer> local = GreenletLocal.withInitial(() -> 1);
  private int wrong;
  private Object sink;

  private static long allocatedBy(Runnable round) {
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    return threads.getThreadAllocatedBytes(id) - before;
  }

  @Test
  void shouldAllocateNothingInMain() {
    assertThat(allocatedBy(this::use)).isLessThan(ROUNDS);
  }

  @Test
  void shouldAllocateNothingInAGreenlet() throws Exception {
    assertThat(inGreenlet(() -> allocatedBy(this::use))).isLessThan(ROUNDS);
  }

  @Test
  void shouldCountWhatIsAllocated() throws Exception {
    assertThat(inGreenlet(() -> allocatedBy(() -> sink = new Object()))).isGreaterThan(ROUNDS);
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
