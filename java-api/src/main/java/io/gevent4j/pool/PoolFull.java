package io.gevent4j.pool;

import java.util.concurrent.RejectedExecutionException;

/**
 * A pool has no slot left, and whoever wanted one didn't want to wait, or not for so long.
 *
 * <p>gevent: {@code gevent.pool.PoolFull}.
 */
public class PoolFull extends RejectedExecutionException {
  private static final long serialVersionUID = 1L;

  PoolFull(Pool pool) {
    super("no slot is free: " + pool);
  }
}
