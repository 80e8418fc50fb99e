/**
 * Many greenlets as one: a group of them, a pool that limits how many there are, and a scope that
 * none of them outlives.
 *
 * <pre>
 *   Pool pool = new Pool(10);
 *   List&lt;Page&gt; pages = pool.map(Page::fetch, addresses);      // at most ten at a time
 *   for (Page page : pool.imapUnordered(Page::fetch, more)) {  // each as it comes
 *     ...
 *   }
 *
 *   try (Scope scope = Scope.open(Duration.ofSeconds(5))) {
 *     scope.spawn(this::readRequests);
 *     scope.spawn(this::writeReplies);
 *   }                                // both have ended; if one failed, it is thrown here
 * </pre>
 *
 * <p><b>Thread rule:</b> the greenlets of one hub.
 *
 * <p><b>Errors:</b> what a function throws is thrown on as it was, checked or not, to whoever asks
 * for its result, and is also handed to the hub, as with any greenlet. Where the greenlet was
 * killed, that is a {@link java.util.concurrent.CancellationException}. A pool that is full: {@link
 * io.gevent4j.pool.PoolFull}; a wrong argument: {@link IllegalArgumentException}; the wrong thread
 * or greenlet: {@link IllegalStateException}.
 *
 * <p>gevent: {@code gevent.pool}; it has no scopes.
 */
package io.gevent4j.pool;
