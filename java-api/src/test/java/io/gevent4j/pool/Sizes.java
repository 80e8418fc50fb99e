package io.gevent4j.pool;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The pools that all mapping is tested with: of each size, and without a limit. */
final class Sizes {
  private Sizes() {}

  static Stream<Arguments> all() {
    return Stream.of(null, 1, 2, 3, 10).map(Arguments::of);
  }

  /** Each size, with results in order and not. */
  static Stream<Arguments> ordered() {
    return all()
        .flatMap(
            size -> Stream.of(true, false).map(ordered -> Arguments.of(size.get()[0], ordered)));
  }

  /** Null: without a limit. */
  static Pool pool(Integer size) {
    return size == null ? new Pool() : new Pool(size);
  }
}
