/**
 * Names of hosts: {@link io.gevent4j.resolver.Resolver} finds addresses, host names and services
 * while other greenlets run.
 *
 * <pre>
 * Resolver.get()     the hub's, as Config.RESOLVER has it
 * LocalFirst         numeric, localhost, services alone: answered at once
 * ThreadResolver     else a thread of its pool asks the C library
 * AresResolver       else c-ares asks the name servers, driven by watchers of the hub's loop
 * BlockResolver      else the caller asks the C library, and all wait
 * </pre>
 *
 * <p>gevent: {@code gevent.resolver}.
 */
package io.gevent4j.resolver;
