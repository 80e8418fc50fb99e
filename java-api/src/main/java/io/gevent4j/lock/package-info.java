/** Semaphores, locks and conditions for greenlets and threads. gevent: {@code gevent.lock}. */
package io.gevent4j.lock;
