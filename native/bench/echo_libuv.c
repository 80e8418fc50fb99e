/*
 * echo_libuv.c: the echo server that one writes straight on libuv: what ours are compared with. Prints its port.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { BUFFER = 64 * 1024, BACKLOG = 4096 };

/* What the socket did not take at once. */
struct rest {
  uv_write_t request;
  char bytes[];
};

static char buffer[BUFFER]; /* of whoever reads: he writes it in the same turn */

static void check(int status, const char *what) {
  if (status >= 0)
    return;
  fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
  exit(1);
}

static void *allocate(size_t size) {
  void *memory = malloc(size);
  check(memory == NULL ? UV_ENOMEM : 0, "malloc");
  return memory;
}

static void on_closed(uv_handle_t *handle) {
  free(handle);
}

static void connection_close(uv_stream_t *stream) {
  if (!uv_is_closing((uv_handle_t *)stream))
    uv_close((uv_handle_t *)stream, on_closed);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  (void)handle;
  (void)suggested;
  *buf = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf);

static void on_written(uv_write_t *request, int status) {
  uv_stream_t *stream = request->handle;
  free(request); /* first in its struct rest */
  if (status < 0 || uv_read_start(stream, on_allocate, on_read) != 0)
    connection_close(stream);
}

/* Nothing is read until it is written. */
static void connection_keep_rest(uv_stream_t *stream, const char *from, size_t size) {
  struct rest *rest = allocate(sizeof *rest + size);
  memcpy(rest->bytes, from, size);
  uv_buf_t buf = uv_buf_init(rest->bytes, (unsigned)size);
  uv_read_stop(stream);
  if (uv_write(&rest->request, stream, &buf, 1, on_written) != 0) {
    free(rest);
    connection_close(stream);
  }
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf) {
  if (size == 0)
    return; /* EAGAIN */
  if (size < 0) {
    connection_close(stream);
    return;
  }
  uv_buf_t echo = uv_buf_init(buf->base, (unsigned)size);
  int count = uv_try_write(stream, &echo, 1);
  if (count < 0 && count != UV_EAGAIN) {
    connection_close(stream);
    return;
  }
  size_t sent = count < 0 ? 0 : (size_t)count;
  if (sent < (size_t)size)
    connection_keep_rest(stream, buf->base + sent, (size_t)size - sent);
}

static void on_connection(uv_stream_t *listener, int status) {
  check(status, "accept");
  uv_tcp_t *connection = allocate(sizeof *connection);
  check(uv_tcp_init(listener->loop, connection), "uv_tcp_init");
  if (uv_accept(listener, (uv_stream_t *)connection) != 0) {
    connection_close((uv_stream_t *)connection);
    return;
  }
  uv_tcp_nodelay(connection, 1);
  check(uv_read_start((uv_stream_t *)connection, on_allocate, on_read), "uv_read_start");
}

int main(void) {
  uv_tcp_t listener;
  struct sockaddr_in local;
  int size = sizeof local;
  signal(SIGPIPE, SIG_IGN);
  check(uv_ip4_addr("127.0.0.1", 0, &local), "uv_ip4_addr");
  check(uv_tcp_init(uv_default_loop(), &listener), "uv_tcp_init");
  check(uv_tcp_bind(&listener, (struct sockaddr *)&local, 0), "bind");
  check(uv_listen((uv_stream_t *)&listener, BACKLOG, on_connection), "listen");
  check(uv_tcp_getsockname(&listener, (struct sockaddr *)&local, &size), "getsockname");
  printf("%d\n", ntohs(local.sin_port));
  fflush(stdout);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
