/**
 * Sockets whose blocking calls let the other greenlets run. The lean ones, {@link
 * io.gevent4j.socket.TcpSocket} and its like, read into and write from {@link java.nio.ByteBuffer}s
 * with one native call each.
 *
 * <p>A thread that has no hub, or a greenlet that is away on its own kernel thread, blocks as ever;
 * a virtual thread blocks its carrier too.
 *
 * <p>gevent: {@code gevent.socket}.
 */
package io.gevent4j.socket;
