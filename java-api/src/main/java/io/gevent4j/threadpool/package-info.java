/**
 * Real threads, for what blocks or computes: {@link io.gevent4j.threadpool.ThreadPool}, whose
 * results greenlets wait for. A task whose waiter has given up keeps its thread until it is done;
 * {@link io.gevent4j.concurrent.ThreadPoolExecutorService} can interrupt one.
 *
 * <p>gevent: {@code gevent.threadpool}.
 */
package io.gevent4j.threadpool;
