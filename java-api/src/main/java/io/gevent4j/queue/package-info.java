/**
 * Queues between greenlets and threads, which are {@link java.util.concurrent.BlockingQueue}s.
 * gevent: {@code gevent.queue}.
 */
package io.gevent4j.queue;
