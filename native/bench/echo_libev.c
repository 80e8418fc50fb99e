#define _GNU_SOURCE /* accept4 */
/*
 * echo_libev.c: the echo server that one writes straight on libev: what ours are compared with. Prints its port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024, BACKLOG = 4096 };

struct connection {
  ev_io readable;
  ev_io writable; /* active while there is a rest */
  char *rest;     /* what the socket did not take, or NULL; nothing is read meanwhile */
  size_t rest_from, rest_size;
};

static char buffer[BUFFER]; /* of whoever reads: he writes it in the same turn */

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void connection_close(struct ev_loop *loop, struct connection *connection) {
  ev_io_stop(loop, &connection->readable);
  ev_io_stop(loop, &connection->writable);
  close(connection->readable.fd);
  free(connection->rest);
  free(connection);
}

static void connection_keep_rest(struct ev_loop *loop, struct connection *connection, const char *from, size_t size) {
  connection->rest = malloc(size);
  if (connection->rest == NULL)
    fail("malloc");
  memcpy(connection->rest, from, size);
  connection->rest_from = 0;
  connection->rest_size = size;
  ev_io_stop(loop, &connection->readable);
  ev_io_start(loop, &connection->writable);
}

static void on_writable(struct ev_loop *loop, ev_io *watcher, int events) {
  (void)events;
  struct connection *connection = watcher->data;
  const char *from = connection->rest + connection->rest_from;
  ssize_t count = send(watcher->fd, from, connection->rest_size - connection->rest_from, MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN) {
    connection_close(loop, connection);
    return;
  }
  connection->rest_from += count < 0 ? 0 : (size_t)count;
  if (connection->rest_from < connection->rest_size)
    return;
  free(connection->rest);
  connection->rest = NULL;
  ev_io_stop(loop, &connection->writable);
  ev_io_start(loop, &connection->readable);
}

/* A read that does not fill the buffer has emptied the socket: no second one to be told so. */
static void on_readable(struct ev_loop *loop, ev_io *watcher, int events) {
  (void)events;
  struct connection *connection = watcher->data;
  ssize_t size = recv(watcher->fd, buffer, sizeof buffer, 0);
  if (size < 0 && errno == EAGAIN)
    return;
  if (size <= 0) {
    connection_close(loop, connection);
    return;
  }
  ssize_t count = send(watcher->fd, buffer, (size_t)size, MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN) {
    connection_close(loop, connection);
    return;
  }
  size_t sent = count < 0 ? 0 : (size_t)count;
  if (sent < (size_t)size)
    connection_keep_rest(loop, connection, buffer + sent, (size_t)size - sent);
}

static void on_connection(struct ev_loop *loop, ev_io *watcher, int events) {
  (void)events;
  for (int fd; (fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
      fail("calloc");
    ev_io_init(&connection->readable, on_readable, fd, EV_READ);
    ev_io_init(&connection->writable, on_writable, fd, EV_WRITE);
    connection->readable.data = connection->writable.data = connection;
    ev_io_start(loop, &connection->readable);
  }
  if (errno != EAGAIN && errno != ECONNABORTED)
    fail("accept4");
}

static int listen_anywhere(void) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof local;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&local, size) != 0 || listen(fd, BACKLOG) != 0 ||
      getsockname(fd, (struct sockaddr *)&local, &size) != 0)
    fail("listen");
  printf("%d\n", ntohs(local.sin_port));
  fflush(stdout);
  return fd;
}

int main(void) {
  struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);
  ev_io listener;
  if (loop == NULL)
    fail("ev_default_loop");
  ev_io_init(&listener, on_connection, listen_anywhere(), EV_READ);
  ev_io_start(loop, &listener);
  return ev_run(loop, 0) ? 0 : 1;
}
