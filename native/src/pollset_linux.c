#include "pollset.h"

#include <errno.h>
#include <sys/epoll.h>

_Static_assert((int)EPOLLIN == GV_POLLIN && (int)EPOLLPRI == GV_POLLPRI && (int)EPOLLOUT == GV_POLLOUT &&
                   (int)EPOLLERR == GV_POLLERR && (int)EPOLLHUP == GV_POLLHUP,
               "the same bits");

int pollset_open(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? GV_ESYSTEM - errno : fd;
}

int pollset_change(int set, int fd, int before, int events) {
  struct epoll_event event = {.events = (uint32_t)events, .data.fd = fd};
  int change = events == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  return epoll_ctl(set, change, fd, &event) == 0 ? GV_OK : GV_ESYSTEM - errno;
}

int pollset_wait(int set, int32_t *news, int ms) {
  struct epoll_event events[GV_POLLSET_NEWS];
  int count = epoll_wait(set, events, GV_POLLSET_NEWS, ms);
  if (count < 0)
    return GV_ESYSTEM - errno;
  for (int i = 0; i < count; i++) {
    news[2 * i] = events[i].data.fd;
    news[2 * i + 1] = (int32_t)events[i].events;
  }
  return count;
}
