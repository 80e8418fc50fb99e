/*
 * interpose_poll.c: poll and epoll_wait with its kin. An epoll set is itself a descriptor that can be waited for.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "interpose_io.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

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

/* It has nothing yet. */
static int set_waiting(struct gv_greenlet *self, int set, struct epoll_event *events, int most, int64_t limit) {
  for (;;) {
    enum wait wait = descriptor_wait(self, set, GV_READ, limit);
    if (wait == WAIT_BROKEN) {
      errno = EINTR;
      return -1;
    }
    int found = epoll_wait(set, events, most, wait == WAIT_ALONE ? limit_left(limit) : 0);
    if (found != 0 || wait != WAIT_LOOK)
      return found;
  }
}

static struct gv_greenlet *waits_for_set(void) {
  struct gv_greenlet *self = hub_caller();
  return self != NULL && interpose_is_on(GV_PATCH_SELECT) ? self : NULL;
}

int hook_epoll_wait(int set, struct epoll_event *events, int most, int ms) {
  struct gv_greenlet *self = ms == 0 ? NULL : waits_for_set();
  if (self == NULL)
    return epoll_wait(set, events, most, ms);
  int found = epoll_wait(set, events, most, 0);
  return found != 0 ? found : set_waiting(self, set, events, most, limit_of(ms));
}

/* With other signals he waits on his own kernel thread, which gets them. */
int hook_epoll_pwait(int set, struct epoll_event *events, int most, int ms, const sigset_t *signals) {
  if (signals == NULL)
    return hook_epoll_wait(set, events, most, ms);
  struct gv_greenlet *self = ms == 0 ? NULL : away_if(GV_PATCH_SELECT);
  int found = epoll_pwait(set, events, most, ms, signals);
  away_back(self);
  return found;
}

/* Older C libraries don't have it, and who has a slot for it has found it. */
#pragma weak epoll_pwait2
int epoll_pwait2(int set, struct epoll_event *events, int most, const struct timespec *time, const sigset_t *signals);

static int pwait2_away(int set, struct epoll_event *events, int most, const struct timespec *time,
                       const sigset_t *signals) {
  struct gv_greenlet *self = away_if(GV_PATCH_SELECT);
  int found = epoll_pwait2(set, events, most, time, signals);
  away_back(self);
  return found;
}

int hook_epoll_pwait2(int set, struct epoll_event *events, int most, const struct timespec *time,
                      const sigset_t *signals) {
  bool waits = time == NULL || time->tv_sec > 0 || (time->tv_sec == 0 && time->tv_nsec > 0);
  if (waits && signals != NULL)
    return pwait2_away(set, events, most, time, signals);
  struct gv_greenlet *self = waits ? waits_for_set() : NULL;
  if (self == NULL)
    return epoll_pwait2(set, events, most, time, signals);
  int found = epoll_wait(set, events, most, 0);
  if (found != 0)
    return found;
  int64_t limit = time == NULL                            ? -1
                  : time->tv_sec > INT64_MAX / 2000000000 ? INT64_MAX
                                                          : clock_now() + time->tv_sec * 1000000000 + time->tv_nsec;
  return set_waiting(self, set, events, most, limit);
}
