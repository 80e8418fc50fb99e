/*
 * failing.c: a library that is preloaded and has calls of sockets fail as the system may at any time, but rarely does:
 * so many of the next ones, in this way, before anything is done.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int failures_left;
int failure; /* an errno */

static int fails(void) {
  if (failures_left == 0)
    return 0;
  failures_left--;
  errno = failure;
  return 1;
}

ssize_t recv(int fd, void *memory, size_t size, int flags) {
  return fails() ? -1 : syscall(SYS_recvfrom, fd, memory, size, flags, NULL, NULL);
}

ssize_t send(int fd, const void *memory, size_t size, int flags) {
  return fails() ? -1 : syscall(SYS_sendto, fd, memory, size, flags, NULL, 0);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  return fails() ? -1 : syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  return fails() ? -1 : syscall(SYS_sendmsg, fd, message, flags);
}

int accept4(int fd, struct sockaddr *name, socklen_t *size, int flags) {
  return fails() ? -1 : (int)syscall(SYS_accept4, fd, name, size, flags);
}

/* One that is interrupted goes on all the same. */
int connect(int fd, const struct sockaddr *name, socklen_t size) {
  int done = (int)syscall(SYS_connect, fd, name, size);
  return fails() ? -1 : done;
}
