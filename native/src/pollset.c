#include "pollset.h"

#include "clock.h"
#include "pollable.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

_Static_assert(GV_POLLIN == POLLIN && GV_POLLPRI == POLLPRI && GV_POLLOUT == POLLOUT && GV_POLLERR == POLLERR &&
                   GV_POLLHUP == POLLHUP && GV_POLLNVAL == POLLNVAL,
               "the same bits");

/* When a wait of so many ns ends; for one without end, or nearly so, negative. */
static int64_t deadline(int64_t ns) {
  int64_t now = ns > 0 ? clock_now() : 0;
  return ns < 0 || ns > INT64_MAX - now ? -1 : now + ns;
}

/* What is left of a wait, in ms, rounded up so that it doesn't end early, and in pieces if it is long. */
static int left_ms(int64_t ns, int64_t end) {
  if (ns == 0 || end < 0)
    return ns == 0 ? 0 : -1;
  int64_t left = end - clock_now();
  int64_t ms = left <= 0 ? 0 : left / 1000000 + (left % 1000000 != 0);
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Whether a wait that brought nothing, or was interrupted, is to go on. */
static bool goes_on(int64_t ns, int64_t end) {
  return ns != 0 && (end < 0 || clock_now() < end);
}

/* ---- poll(2) ---- */

static int poll_until(struct pollfd *fds, int count, int64_t ns) {
  int64_t end = deadline(ns);
  for (;;) {
    int found = poll(fds, (nfds_t)count, left_ms(ns, end));
    if (found > 0)
      return found;
    if (found < 0 && errno != EINTR)
      return GV_ESYSTEM - errno;
    if (!goes_on(ns, end))
      return 0;
  }
}

int poll_all(int32_t *list, int count, int64_t ns) {
  struct pollfd few[64];
  struct pollfd *fds = count <= 64 ? few : malloc((size_t)count * sizeof *fds);
  if (fds == NULL)
    return GV_ENOMEM;
  for (int i = 0; i < count; i++)
    fds[i] = (struct pollfd){.fd = list[3 * i], .events = (short)list[3 * i + 1]};
  int found = poll_until(fds, count, ns);
  for (int i = 0; i < count; i++)
    list[3 * i + 2] = found > 0 ? (uint16_t)fds[i].revents : 0;
  if (fds != few)
    free(fds);
  return found;
}

/* ---- sets ---- */

struct gv_pollset *pollset_new(int32_t *status) {
  struct gv_pollset *set = malloc(sizeof *set);
  *status = GV_ENOMEM;
  if (set == NULL)
    return NULL;
  *status = set->fd = pollset_open();
  if (set->fd < 0)
    goto no_set;
  *status = set->call = pollable_call();
  if (set->call < 0)
    goto no_call;
  *status = pollset_change(set->fd, set->call, 0, GV_POLLIN);
  if (*status < 0)
    goto not_in;
  *status = GV_OK;
  return set;
not_in:
  close(set->call);
no_call:
  close(set->fd);
no_set:
  free(set);
  return NULL;
}

void pollset_free(struct gv_pollset *set) {
  close(set->fd);
  close(set->call);
  free(set);
}

int pollset_watch(struct gv_pollset *set, int fd, int before, int events) {
  return before == events ? GV_OK : pollset_change(set->fd, fd, before, events);
}

/* The call is cleared, and told as descriptor -1. */
static void take_call(struct gv_pollset *set, int count) {
  for (int i = 0; i < count; i++)
    if (set->news[2 * i] == set->call) {
      pollable_clear(set->call);
      set->news[2 * i] = -1;
    }
}

int pollset_poll(struct gv_pollset *set, int64_t ns) {
  int64_t end = deadline(ns);
  for (;;) {
    int count = pollset_wait(set->fd, set->news, left_ms(ns, end));
    if (count > 0)
      take_call(set, count);
    if (count > 0 || (count < 0 && count != GV_ESYSTEM - EINTR))
      return count;
    if (!goes_on(ns, end))
      return 0;
  }
}

void pollset_wake(struct gv_pollset *set) {
  pollable_call_now(set->call);
}
