/**
 * Servers: they listen, and start a greenlet for each connection. {@link
 * io.gevent4j.server.BaseServer} has the life cycle, {@link io.gevent4j.server.StreamServer} is
 * that for TCP, TLS and unix sockets; with a {@link io.gevent4j.server.HubGroup} several kernel
 * threads serve one address.
 *
 * <p>gevent: {@code gevent.baseserver} and {@code gevent.server}.
 */
package io.gevent4j.server;
