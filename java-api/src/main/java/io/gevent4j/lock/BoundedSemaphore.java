package io.gevent4j.lock;

/**
 * A semaphore that can't be given back more than it began with.
 *
 * <p>gevent: {@code gevent.lock.BoundedSemaphore}.
 */
public class BoundedSemaphore extends Semaphore {
  private final int most;

  /** That one can take. */
  public BoundedSemaphore() {
    this(1);
  }

  /**
   * That so many can take.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public BoundedSemaphore(int value) {
    super(value);
    this.most = value;
  }

  @Override
  final void requireTaken(int counter) {
    if (counter == most) {
      throw new IllegalStateException(
          "released more often than acquired: " + name() + " of " + most);
    }
  }
}
