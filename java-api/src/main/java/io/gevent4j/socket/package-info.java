/**
 * Sockets whose blocking calls let the other greenlets run. The lean ones, {@link
 * io.gevent4j.socket.TcpSocket} and its like, read into and write from {@link java.nio.ByteBuffer}s
 * with one native call each.
 *
 * <p>For code that wants a {@link java.net.Socket}, or a factory of them, there is {@link
 * io.gevent4j.socket.GreenletSocket} and its like; {@code SSLSocketFactory.createSocket(socket,
 * host, port, true)} puts TLS upon one of them, {@code createSocket(socket, null, true)} the
 * server's side of it. {@link io.gevent4j.socket.TlsSocket} is TLS that one may read while another
 * one writes.
 *
 * <p>A thread that has no hub, or a greenlet that is away on its own kernel thread, blocks as ever;
 * a virtual thread blocks its carrier too.
 *
 * <p>gevent: {@code gevent.socket}.
 */
package io.gevent4j.socket;
