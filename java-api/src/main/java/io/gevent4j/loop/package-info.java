/**
 * Event loops and their watchers: who wants to know of a readable descriptor, of a point in time,
 * of a signal, of a child or of a file starts a watcher with a callback, and the loop runs it.
 *
 * <pre>
 *   Loop loop = new Loop("libev");
 *   TimerWatcher timer = loop.timer(0.1);
 *   timer.start(() -&gt; System.out.println("a tenth of a second later"));
 *   loop.run();   // until nothing is left to wait for
 *   loop.close();
 *
 *   callbacks ---&gt; poll ---&gt; batch of fired watchers ---&gt; their callbacks, here in Java
 *       ^                                                   |
 *       +---------------------------------------------------+
 * </pre>
 *
 * <p>The native side never calls up: it hands a batch of numbers down, so that a callback may do
 * whatever Java code may.
 *
 * <p><b>Thread rule:</b> a loop and its watchers belong to the thread that made the loop; other
 * threads may call {@link io.gevent4j.loop.Loop#runCallbackThreadsafe} and {@link
 * io.gevent4j.loop.AsyncWatcher#send}, and nothing else.
 *
 * <p><b>Errors:</b> a closed loop or watcher, or the wrong thread: {@link IllegalStateException}; a
 * wrong argument: {@link IllegalArgumentException}; a refusal of the system: {@link
 * io.gevent4j.loop.LoopException}; what isn't there on this machine: {@link
 * UnsupportedOperationException}.
 *
 * <p>gevent: {@code gevent.core}, {@code gevent._interfaces}.
 */
package io.gevent4j.loop;
