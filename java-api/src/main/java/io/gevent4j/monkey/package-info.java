/**
 * Code that knows nothing of greenlets, run on them: the C library's functions that the JDK's own
 * native libraries call are replaced, so that who would block waits in a hub.
 *
 * <pre>
 * Agent     before a program's first line     ->  Monkey.patchAll(options)
 * Monkey    asks the listeners                ->  WillPatch, or a veto
 *           starts the hubs of the threads    ->  HubThreads, one kernel thread each
 *           turns the hooks on                ->  gevent4j.h's gv_patch
 *           takes the caller in as a greenlet ->  gv_threads_join
 * Doctor    prints Monkey.status()
 * </pre>
 *
 * gevent: {@code gevent.monkey}.
 */
package io.gevent4j.monkey;
