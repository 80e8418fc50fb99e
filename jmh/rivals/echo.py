"""The echo server that one writes on gevent: each connection has a greenlet of its own. Prints its port."""

from socket import IPPROTO_TCP, TCP_NODELAY

from gevent.server import StreamServer

BACKLOG = 4096
BUFFER = 8 * 1024


def echo(connection, _):
    connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    try:
        while data := connection.recv(BUFFER):
            connection.sendall(data)
    except ConnectionResetError:
        pass  # the client resets its connections


server = StreamServer(("127.0.0.1", 0), echo, backlog=BACKLOG)
server.start()
print(server.server_port, flush=True)
server.serve_forever()
