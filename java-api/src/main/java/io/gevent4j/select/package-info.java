/**
 * Waiting for many descriptors at once: {@link io.gevent4j.select.Select} and {@link
 * io.gevent4j.select.Poll} for numbers and whatever has one, and a {@link
 * io.gevent4j.select.GeventSelectorProvider} for programs that are written with {@link
 * java.nio.channels.Selector}. In a hub all of them let the other greenlets run; elsewhere they
 * block.
 *
 * <pre>
 *   Select, Poll    poll(2) without waiting; if nothing is ready, an IoWatcher for each descriptor,
 *                   and poll(2) again
 *   Selector        a set of descriptors in the system, which is itself a descriptor: one IoWatcher
 *                   for all
 * </pre>
 *
 * <p>gevent: {@code gevent.select}, {@code gevent.selectors}.
 */
package io.gevent4j.select;
