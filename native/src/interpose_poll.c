/*
 * interpose_poll.c: poll and epoll_wait. An epoll set is itself a descriptor that can be waited for.
 */
#include "interpose_io.h"

#include <errno.h>

/* The loop has no word for the others. */
enum { COMMON = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM };

static int events_of(short events) {
  return (events & (POLLIN | POLLRDNORM) ? GV_READ : 0) | (events & (POLLOUT | POLLWRNORM) ? GV_WRITE : 0);
}

static bool is_simple(const struct pollfd *fds, nfds_t count) {
  return count == 1 && fds->fd >= 0 && (fds->events & ~COMMON) == 0 && fds->events != 0;
}

/* -1 with EINTR: a descriptor was closed meanwhile. */
static int poll_waiting(struct gv_greenlet *self, struct pollfd *fds, nfds_t count, int64_t limit) {
  for (;;) {
    enum wait wait = is_simple(fds, count) ? descriptor_wait(self, fds->fd, events_of(fds->events), limit)
                                           : descriptors_wait(self, fds, (int)count, limit);
    if (wait == WAIT_BROKEN) {
      errno = EINTR;
      return -1;
    }
    int found = poll(fds, count, wait == WAIT_ALONE ? limit_left(limit) : 0);
    if (found != 0 || wait != WAIT_LOOK)
      return found;
  }
}

int hook_poll(struct pollfd *fds, nfds_t count, int ms) {
  struct gv_greenlet *self = ms == 0 ? NULL : hub_caller();
  if (self == NULL || count > INT32_MAX ||
      !interpose_is_on(count == 1 && (descriptor_kind(fds->fd) & IS_SOCKET) ? GV_PATCH_SOCKET : GV_PATCH_SELECT))
    return poll(fds, count, ms);
  int found = poll(fds, count, 0);
  return found != 0 ? found : poll_waiting(self, fds, count, limit_of(ms));
}

int hook_epoll_wait(int set, struct epoll_event *events, int most, int ms) {
  struct gv_greenlet *self = ms == 0 ? NULL : hub_caller();
  if (self == NULL || !interpose_is_on(GV_PATCH_SELECT))
    return epoll_wait(set, events, most, ms);
  int found = epoll_wait(set, events, most, 0);
  if (found != 0)
    return found;
  int64_t limit = limit_of(ms);
  for (;;) {
    enum wait wait = descriptor_wait(self, set, GV_READ, limit);
    if (wait == WAIT_BROKEN) {
      errno = EINTR;
      return -1;
    }
    found = epoll_wait(set, events, most, wait == WAIT_ALONE ? limit_left(limit) : 0);
    if (found != 0 || wait != WAIT_LOOK)
      return found;
  }
}
