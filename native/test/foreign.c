#define _GNU_SOURCE
#include "foreign.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Each is called through the library's slot. */
static ssize_t call_read(int fd, void *memory, size_t size) {
  return read(fd, memory, size);
}

static ssize_t call_readv(int fd, const struct iovec *pieces, int count) {
  return readv(fd, pieces, count);
}

static ssize_t call_write(int fd, const void *memory, size_t size) {
  return write(fd, memory, size);
}

static ssize_t call_writev(int fd, const struct iovec *pieces, int count) {
  return writev(fd, pieces, count);
}

static ssize_t call_recv(int fd, void *memory, size_t size, int flags) {
  return recv(fd, memory, size, flags);
}

static ssize_t call_recvfrom(int fd, void *memory, size_t size, int flags, struct sockaddr *name, socklen_t *length) {
  return recvfrom(fd, memory, size, flags, name, length);
}

static ssize_t call_recvmsg(int fd, struct msghdr *message, int flags) {
  return recvmsg(fd, message, flags);
}

static ssize_t call_send(int fd, const void *memory, size_t size, int flags) {
  return send(fd, memory, size, flags);
}

static ssize_t call_sendto(int fd, const void *memory, size_t size, int flags, const struct sockaddr *name,
                           socklen_t length) {
  return sendto(fd, memory, size, flags, name, length);
}

static ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags) {
  return sendmsg(fd, message, flags);
}

static int call_connect(int fd, const struct sockaddr *name, socklen_t length) {
  return connect(fd, name, length);
}

static int call_accept(int fd, struct sockaddr *name, socklen_t *length) {
  return accept(fd, name, length);
}

static int call_poll(struct pollfd *fds, nfds_t count, int ms) {
  return poll(fds, count, ms);
}

static int call_epoll_wait(int set, struct epoll_event *events, int most, int ms) {
  return epoll_wait(set, events, most, ms);
}

static int call_close(int fd) {
  return close(fd);
}

static int call_dup2(int from, int to) {
  return dup2(from, to);
}

static int call_fsync(int fd) {
  return fsync(fd);
}

static int call_open(const char *path, int flags) {
  return open(path, flags);
}

static int call_fcntl(int fd, int command, void *argument) {
  return fcntl(fd, command, argument);
}

static int call_pthread_kill(pthread_t thread, int number) {
  return pthread_kill(thread, number);
}

static int call_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                            struct addrinfo **found) {
  return getaddrinfo(host, service, hints, found);
}

const struct foreign *foreign_functions_of(void) {
  static const struct foreign functions = {
      .read = call_read,
      .readv = call_readv,
      .write = call_write,
      .writev = call_writev,
      .recv = call_recv,
      .recvfrom = call_recvfrom,
      .recvmsg = call_recvmsg,
      .send = call_send,
      .sendto = call_sendto,
      .sendmsg = call_sendmsg,
      .connect = call_connect,
      .accept = call_accept,
      .poll = call_poll,
      .epoll_wait = call_epoll_wait,
      .close = call_close,
      .dup2 = call_dup2,
      .fsync = call_fsync,
      .open = call_open,
      .fcntl = call_fcntl,
      .pthread_kill = call_pthread_kill,
      .getaddrinfo = call_getaddrinfo,
  };
  return &functions;
}
