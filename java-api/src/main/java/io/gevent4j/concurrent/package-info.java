/**
 * Greenlets for code that knows {@link java.util.concurrent.ExecutorService}, {@link
 * java.util.concurrent.ScheduledExecutorService} or {@link java.util.concurrent.ThreadFactory}.
 *
 * <p>They run while their hub runs: what was submitted and not waited for when main returns is not
 * done. Whoever waits for them on the hub's own thread must do so in a way that lets the hub run:
 * their futures do, {@link java.util.concurrent.CompletableFuture#get} doesn't, but {@code
 * AsyncResult.of(future).get()} does.
 *
 * <p>gevent: {@code gevent.threadpool.ThreadPoolExecutor}, and {@code threading} patched.
 */
package io.gevent4j.concurrent;
