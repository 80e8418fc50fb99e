/*
 * interpose_wait.c: how a greenlet waits for descriptors that others own, who may close them, or put others in their
 * place, from any thread at any time. So whoever waits can be found by the number.
 */
#include "interpose_io.h"

#include "clock.h"
#include "pollset.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- time ---- */

int64_t limit_of(int ms) {
  return ms < 0 ? -1 : clock_now() + (int64_t)ms * 1000000;
}

int limit_left(int64_t limit) {
  if (limit < 0)
    return -1;
  int64_t left = limit - clock_now();
  int64_t ms = left <= 0 ? 0 : (left + 999999) / 1000000;
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* ---- one wait ---- */

struct wait_of {
  struct fd_visit visit; /* first */
  struct parked *parked;
  pthread_t thread;
};

static void closed(struct fd_visit *visit) {
  hub_unpark(((struct wait_of *)visit)->parked);
}

struct signalled {
  pthread_t thread;
  bool found;
};

static void wake_signalled(struct fd_visit *visit, void *arg) {
  struct signalled *signalled = arg;
  struct wait_of *wait = (struct wait_of *)visit;
  if (!pthread_equal(wait->thread, signalled->thread))
    return;
  hub_unpark(wait->parked);
  signalled->found = true;
}

/* A signal would reach only where the thread's own kernel thread sleeps. The JDK sends one, and again if need be, to
 * have a thread come out of a call that blocks. */
int hook_pthread_kill(pthread_t thread, int number) {
  struct signalled signalled = {.thread = thread};
  if (number != 0)
    fdtable_each_visit(wake_signalled, &signalled);
  return signalled.found ? 0 : pthread_kill(thread, number);
}

/* Why a wait has ended. `told`: by a closing, or a signal. What was thrown comes of the caller once it is back in Java:
 * soon. */
static enum wait outcome(struct gv_greenlet *self, int status, bool told) {
  bool thrown = self->thrown;
  self->inside = self->thrown = false;
  if (status == GV_EEXIT || status == GV_EOWNER) {
    hub_released(self, status);
    return WAIT_ALONE;
  }
  if (told || thrown)
    return WAIT_BROKEN;
  if (status == GV_ESYSTEM - EBADF) /* it has just been closed, and its number may stand for another by now */
    return WAIT_BROKEN;
  return status >= 0 || status == GV_ESTRAY ? WAIT_LOOK : WAIT_ALONE;
}

/* By a watcher that is there for this one wait. */
static int wait_once(struct gv_greenlet *self, int fd, int events, int64_t ns) {
  struct gv_hub *hub = self->family->hub;
  struct gv_watcher watcher;
  watcher_init(&watcher, &hub->watchers, GV_IO);
  int status = watcher_set_io(&watcher, fd, events);
  if (status == GV_OK)
    status = hub_wait_for(hub, self, &watcher, ns);
  if (status != GV_EEXIT && watcher.home != NULL)
    watcher_term(&watcher);
  return status;
}

/* Returns false when the time is up. */
static bool has_time(int64_t limit, int64_t *ns) {
  *ns = limit < 0 ? -1 : limit - clock_now();
  return limit < 0 || *ns > 0;
}

/*
 * The loop goes on watching it, so that who waits again and again costs no system call. Whoever closes it from now on
 * finds us; and whoever has done so before, and not been seen yet, has the loop told anew.
 */
enum wait descriptor_wait(struct gv_greenlet *self, int fd, int events, int64_t limit) {
  int64_t ns;
  if (!has_time(limit, &ns))
    return WAIT_LATE;
  struct fd_place *place = fdtable_place(fd);
  if (place == NULL)
    return WAIT_ALONE;
  struct parked parked;
  struct wait_of wait = {.visit.closed = closed, .parked = &parked, .thread = pthread_self()};
  self->inside = true;
  parked_init(&parked, self);
  fd_enter(place, &wait.visit);
  int status = !interpose_is_on(IO_PATCHES) ? GV_OK : watchers_keep_on(&self->family->hub->watchers, fd);
  if (status == GV_OK)
    status = wait_once(self, fd, events, ns);
  fd_leave(place, &wait.visit);
  parked_settle(&parked);
  return outcome(self, status, parked_is_told(&parked));
}

/* ---- several ---- */

/* What is asked of a descriptor by the first so many. */
static int asked_of(const struct pollfd *fds, int count, int fd) {
  int events = 0;
  for (int i = 0; i < count; i++)
    events |= fds[i].fd == fd ? (uint16_t)fds[i].events : 0;
  return events;
}

/* A descriptor may be there twice. */
static int add_to_set(int set, const struct pollfd *fds, int i) {
  int fd = fds[i].fd;
  int status = fd < 0 ? GV_OK : pollset_change(set, fd, 0, (uint16_t)fds[i].events | POLLERR);
  return status == GV_ESYSTEM - EEXIST ? pollset_change(set, fd, 1, asked_of(fds, i + 1, fd) | POLLERR) : status;
}

/* A set of them, or GV_ESYSTEM - errno. Those that are always ready have been so before. */
static int open_set(const struct pollfd *fds, int count) {
  int set = pollset_open();
  for (int i = 0; set >= 0 && i < count; i++) {
    int status = add_to_set(set, fds, i);
    if (status != GV_OK) {
      close(set);
      return status;
    }
  }
  return set;
}

static void enter_all(struct wait_of *waits, const struct pollfd *fds, int count, struct parked *parked) {
  for (int i = 0; i < count; i++) {
    struct fd_place *place = fdtable_place(fds[i].fd);
    waits[i] = (struct wait_of){.visit.closed = closed, .parked = parked, .thread = pthread_self()};
    if (place != NULL)
      fd_enter(place, &waits[i].visit);
  }
}

static void leave_all(struct wait_of *waits, const struct pollfd *fds, int count) {
  for (int i = 0; i < count; i++) {
    struct fd_place *place = fdtable_find(fds[i].fd);
    if (place != NULL)
      fd_leave(place, &waits[i].visit);
  }
}

enum wait descriptors_wait(struct gv_greenlet *self, const struct pollfd *fds, int count, int64_t limit) {
  int64_t ns;
  if (!has_time(limit, &ns))
    return WAIT_LATE;
  struct wait_of few[16], *waits = count <= 16 ? few : malloc((size_t)count * sizeof *waits);
  if (waits == NULL)
    return WAIT_ALONE;
  struct parked parked;
  self->inside = true;
  parked_init(&parked, self);
  enter_all(waits, fds, count, &parked);
  int set = open_set(fds, count);
  int status = set < 0 ? set : wait_once(self, set, GV_READ, ns);
  leave_all(waits, fds, count);
  parked_settle(&parked);
  if (set >= 0)
    close(set);
  if (waits != few)
    free(waits);
  return outcome(self, status, parked_is_told(&parked));
}

enum wait pause_wait(struct gv_greenlet *self, int64_t ns) {
  self->inside = true;
  return outcome(self, hub_sleep(self->family->hub, self, ns, true), false);
}

enum wait yield_wait(struct gv_greenlet *self) {
  self->inside = true;
  return outcome(self, hub_yield(self->family->hub, self), false);
}

/* ---- away ---- */

bool away_begin(struct gv_greenlet *self) {
  self->inside = true;
  int status = hub_leave(self->family->hub, self);
  if (status == GV_EEXIT || status == GV_EOWNER)
    hub_released(self, status);
  self->inside = status == GV_OK;
  return status == GV_OK;
}

void away_end(struct gv_greenlet *self) {
  int error = errno;
  struct gv_hub *hub = self->family->hub;
  int status = hub == NULL ? GV_EOWNER : hub_return(hub, self); /* NULL: it was closed meanwhile */
  if (status != GV_OK && status != GV_ESTRAY)
    hub_released(self, status);
  self->inside = self->thrown = false;
  errno = error;
}
