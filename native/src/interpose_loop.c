/*
 * interpose_loop.c: libev, which asserts that no descriptor is closed while it is watched. The JDK closes them in
 * whatever thread, so that nobody can promise that.
 */
#include "interpose_io.h"

#include <errno.h>

/* To libev, one that was never told of is one that has gone: it stops its watchers, and says so. */
static int hook_epoll_ctl(int set, int operation, int fd, struct epoll_event *event) {
  int result = epoll_ctl(set, operation, fd, event);
  if (result < 0 && (errno == EBADF || errno == EINVAL || errno == ELOOP))
    errno = ENOENT;
  return result;
}

const struct hook interpose_loop_hooks[] = {
    {"epoll_ctl", (void *)hook_epoll_ctl, IO_PATCHES},
    {0},
};
