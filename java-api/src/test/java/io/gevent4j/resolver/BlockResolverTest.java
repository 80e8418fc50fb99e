package io.gevent4j.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import org.junit.jupiter.api.Test;

/** The resolver that blocks. */
class BlockResolverTest extends ResolverContract {
  @Override
  Resolver make() {
    return new BlockResolver();
  }

  @Test
  void shouldServeThreadsWithoutAHub() throws Exception {
    Resolver[] found = new Resolver[1];
    Thread thread =
        new Thread(
            () -> {
              found[0] = Resolver.get();
              assertThat(Hub.getIfExists()).isNull();
            });
    thread.start();
    thread.join();
    assertThat(found[0]).isInstanceOf(BlockResolver.class);
  }

  @Test
  void shouldLetNobodyRunMeanwhile() {
    boolean[] ran = new boolean[1];
    Gevent.spawn(() -> ran[0] = true);
    new BlockResolver().ask(Answer::closed);
    assertThat(ran[0]).isFalse();
  }
}
