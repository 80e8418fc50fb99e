/**
 * Values that each greenlet has for itself.
 *
 * <pre>
 *   static final GreenletLocal&lt;String&gt; USER = GreenletLocal.inheritable();
 *   USER.set("steve");
 *   Gevent.spawn(() -&gt; System.out.println(USER.get())).join();   // steve
 * </pre>
 *
 * <p>A plain {@link java.lang.ThreadLocal} is per greenlet as well, since a greenlet has a thread's
 * identity, and starts empty in each. A {@link io.gevent4j.local.GreenletLocal} adds that one may
 * be inherited from who spawns, that its values go when it is dropped, and that one can see what a
 * greenlet holds.
 *
 * <p>Who holds what, so that a value goes with the greenlet as well as with the GreenletLocal,
 * whatever it refers to itself:
 *
 * <pre>
 *   GreenletLocal ---&gt; Cell ---&gt; value
 *        ^              ^
 *        :weak          :weak
 *   ThreadLocals of the greenlet's thread ---&gt; Locals, at whose end the cells are taken out
 * </pre>
 *
 * <p><b>Thread rule:</b> all of it may be used in any thread, greenlets or not.
 *
 * <p>gevent: {@code gevent.local}.
 */
package io.gevent4j.local;
