/*
 * interpose_io.c: which functions of the C library wait in the hub when a greenlet calls them.
 */
#include "hub.h"
#include "interpose.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Until there are events, or something else is worth a look. Not for those that the loop can't watch. */
static void await(struct gv_greenlet *self, int fd, int events) {
  struct pollfd pollfd = {.fd = fd, .events = (short)(events == GV_READ ? POLLIN : POLLOUT)};
  struct gv_hub *hub = self->family->hub;
  if (poll(&pollfd, 1, 0) != 0)
    return;
  struct gv_watcher watcher;
  watcher_init(&watcher, &hub->watchers, GV_IO);
  int status = watcher_set_io(&watcher, fd, events);
  if (status == GV_OK)
    status = hub_wait_for(hub, self, &watcher, -1);
  if (status != GV_EEXIT && watcher.home != NULL)
    watcher_term(&watcher);
}

static ssize_t hook_read(int fd, void *memory, size_t size) {
  struct gv_greenlet *self = hub_caller();
  if (self != NULL)
    await(self, fd, GV_READ);
  return read(fd, memory, size);
}

static ssize_t hook_write(int fd, const void *memory, size_t size) {
  struct gv_greenlet *self = hub_caller();
  if (self != NULL)
    await(self, fd, GV_WRITE);
  return write(fd, memory, size);
}

static int hook_poll(struct pollfd *fds, nfds_t count, int ms) {
  struct gv_greenlet *self = hub_caller();
  if (self != NULL && count == 1 && ms < 0)
    await(self, fds->fd, fds->events & POLLIN ? GV_READ : GV_WRITE);
  return poll(fds, count, ms);
}

static int hook_epoll_wait(int set, struct epoll_event *events, int most, int ms) {
  struct gv_greenlet *self = hub_caller();
  if (self != NULL && ms < 0)
    await(self, set, GV_READ);
  return epoll_wait(set, events, most, ms);
}

const struct hook interpose_io_hooks[] = {
    {"read", (void *)hook_read, GV_PATCH_SOCKET | GV_PATCH_SUBPROCESS | GV_PATCH_STDIN | GV_PATCH_FILES},
    {"write", (void *)hook_write, GV_PATCH_SOCKET | GV_PATCH_SUBPROCESS | GV_PATCH_STDIN | GV_PATCH_FILES},
    {"poll", (void *)hook_poll, GV_PATCH_SOCKET | GV_PATCH_SELECT},
    {"epoll_wait", (void *)hook_epoll_wait, GV_PATCH_SELECT},
    {0},
};
