package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Hub;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * These contracts are tried on what they are meant for: on threads, or, where the system property
 * gevent4j.guests says of how many hubs, on greenlets.
 */
class GuestsContractOfTheJdkTest {
  private static final int HUBS = Integer.getInteger("gevent4j.guests", 0);

  @Test
  void shouldBeTheGreenletsOfSoManyHubs() throws Exception {
    List<Hub> hubs = Collections.synchronizedList(new ArrayList<>());
    Actor.joinAll(Actor.startMany(2 * HUBS + 1, () -> hubs.add(Hub.getIfExists())));
    Set<Hub> found = hubs.stream().filter(Objects::nonNull).collect(Collectors.toSet());
    assertThat(found).hasSize(HUBS);
    assertThat(new HashSet<>(hubs).contains(null)).isEqualTo(HUBS == 0);
  }
}
