package io.gevent4j.select;

import java.util.List;

/**
 * What {@link Select#select} found ready, in three lists, each in the order in which it was given.
 *
 * @param read can be read without waiting
 * @param write can be written without waiting
 * @param error have something exceptional, such as urgent data
 */
public record Selected<T>(List<T> read, List<T> write, List<T> error) {
  /** Whether the time was up. */
  public boolean isEmpty() {
    return read.isEmpty() && write.isEmpty() && error.isEmpty();
  }
}
