/*
 * interpose_loop.c: libev asserts, and libuv aborts, that no descriptor is closed while it is watched. The JDK closes
 * them in whatever thread, so that nobody can promise that. Who waits for them is told by the closing.
 */
#include "interpose_io.h"

#include <errno.h>
#include <sys/epoll.h>

static bool is_gone(int error) {
  return error == EBADF || error == EINVAL || error == ELOOP;
}

/* To libev, one that was never told of is one that has gone: it stops its watchers, and says so. */
static int hook_epoll_ctl_of_libev(int set, int operation, int fd, struct epoll_event *event) {
  int result = epoll_ctl(set, operation, fd, event);
  if (result < 0 && is_gone(errno))
    errno = ENOENT;
  return result;
}

/*
 * To libuv it is one without news, and nothing to take back. Another in its place, which the kernel doesn't know yet,
 * is added. Where libuv asks whether a descriptor can be watched at all, for which it names none, it is told.
 */
static int hook_epoll_ctl_of_libuv(int set, int operation, int fd, struct epoll_event *event) {
  int result = epoll_ctl(set, operation, fd, event);
  if (result < 0 && operation == EPOLL_CTL_MOD && errno == ENOENT)
    result = epoll_ctl(set, EPOLL_CTL_ADD, fd, event);
  bool asks = operation == EPOLL_CTL_ADD && event->data.fd == -1;
  return result < 0 && !asks && (is_gone(errno) || errno == ENOENT) ? 0 : result;
}

const struct hook interpose_libev_hooks[] = {
    {"epoll_ctl", (void *)hook_epoll_ctl_of_libev, IO_PATCHES},
    {0},
};

const struct hook interpose_libuv_hooks[] = {
    {"epoll_ctl", (void *)hook_epoll_ctl_of_libuv, IO_PATCHES},
    {0},
};
