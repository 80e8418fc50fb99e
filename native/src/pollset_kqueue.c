/*
 * pollset_kqueue.c: as pollset_linux.c where there is kqueue. It knows readable and writable; urgent data and errors
 * show as the one that was asked for.
 */
#include "pollset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/event.h>
#include <sys/time.h>

int pollset_open(void) {
  int queue = kqueue();
  if (queue < 0)
    return GV_ESYSTEM - errno;
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  return queue;
}

static int change(int set, int fd, int16_t filter, bool wanted) {
  struct kevent change;
  EV_SET(&change, (uintptr_t)fd, filter, wanted ? EV_ADD : EV_DELETE, 0, 0, NULL);
  return kevent(set, &change, 1, NULL, 0, NULL) == 0 ? GV_OK : GV_ESYSTEM - errno;
}

static bool reads(int events) {
  return (events & ~GV_POLLOUT) != 0;
}

static bool writes(int events) {
  return (events & GV_POLLOUT) != 0;
}

int pollset_change(int set, int fd, int before, int events) {
  int status = reads(before) == reads(events) ? GV_OK : change(set, fd, EVFILT_READ, reads(events));
  return status < 0 || writes(before) == writes(events) ? status : change(set, fd, EVFILT_WRITE, writes(events));
}

/* Returns the number of pairs: what is known of one descriptor is told as one. */
static int add(int32_t *news, int count, int fd, int events) {
  for (int i = count - 1; i >= 0; i--)
    if (news[2 * i] == fd) {
      news[2 * i + 1] |= events;
      return count;
    }
  news[2 * count] = fd;
  news[2 * count + 1] = events;
  return count + 1;
}

int pollset_wait(int set, int32_t *news, int ms) {
  struct kevent events[GV_POLLSET_NEWS];
  struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
  int found = kevent(set, NULL, 0, events, GV_POLLSET_NEWS, ms < 0 ? NULL : &span);
  if (found < 0)
    return GV_ESYSTEM - errno;
  int count = 0;
  for (int i = 0; i < found; i++)
    count = add(news, count, (int)events[i].ident, events[i].filter == EVFILT_WRITE ? GV_POLLOUT : GV_POLLIN);
  return count;
}
