/*
 * interpose_connect.c: connections that are made and accepted. These calls have no flag that keeps them from blocking:
 * so the descriptor is non-blocking for as long as they take, and nobody waits meanwhile.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

/* ns between two tries of a connection to a unix listener whose backlog is full: nothing says when it isn't. */
static const int64_t PAUSE = 2000000;

static struct gv_greenlet *caller_of(int fd) {
  struct gv_greenlet *self = hub_caller();
  uint32_t kind = self == NULL ? 0 : descriptor_kind(fd);
  return (kind & IS_SOCKET) && descriptor_waits(fd, kind) ? self : NULL;
}

/* Makes it non-blocking, unless it is, until end_try, which keeps errno. Others who try wait for so long: the file may
 * be used in several hubs. Returns the flags that it had, or -1: nothing has changed. */
static int begin_try(struct fd_place *place, int fd) {
  fd_lock(place);
  int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && !(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
    return flags;
  fd_unlock(place);
  return -1;
}

static void end_try(struct fd_place *place, int fd, int flags) {
  int error = errno;
  fcntl(fd, F_SETFL, flags);
  fd_unlock(place);
  errno = error;
}

/* ---- connect ---- */

/* What has become of a connection under way: 0, or errno; EAGAIN while it still is. */
static int connected(int fd, int ms) {
  struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
  int error = EAGAIN;
  socklen_t size = sizeof error;
  int found = poll(&pollfd, 1, ms);
  if (found < 0 || (found > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0))
    return errno;
  return error;
}

/* Since `closings` was read the number may have come to stand for another file, which says nothing of ours. */
static int wait_connected(struct gv_greenlet *self, int fd, uint32_t closings) {
  int64_t limit = socket_limit(fd, SO_SNDTIMEO);
  for (;;) {
    enum wait wait = descriptor_wait(self, fd, GV_WRITE, limit);
    int error = wait == WAIT_LATE     ? EINPROGRESS
                : wait == WAIT_BROKEN ? EINTR
                                      : connected(fd, wait == WAIT_ALONE ? -1 : 0);
    if (error == EAGAIN)
      continue;
    errno = fd_closings(fd) == closings ? error : EINTR;
    return errno == 0 ? 0 : -1;
  }
}

int hook_connect(int fd, const struct sockaddr *name, socklen_t size) {
  struct gv_greenlet *self = caller_of(fd);
  struct fd_place *place = self == NULL ? NULL : fdtable_find(fd);
  if (place == NULL)
    return connect(fd, name, size);
  uint32_t closings = fd_closings(fd);
  for (;;) {
    int flags = begin_try(place, fd);
    int result = connect(fd, name, size);
    if (flags < 0)
      return result;
    end_try(place, fd, flags);
    if (result == 0 || (errno != EINPROGRESS && errno != EAGAIN))
      return result;
    /* Elsewhere EAGAIN is what a signal's handler has put back that ran upon our lent kernel thread meanwhile. */
    if (errno == EINPROGRESS || name->sa_family != AF_UNIX)
      return wait_connected(self, fd, closings);
    switch (pause_wait(self, PAUSE)) {
    case WAIT_LOOK:
      break;
    case WAIT_BROKEN:
      errno = EINTR;
      return -1;
    default:
      return connect(fd, name, size);
    }
  }
}

/* ---- accept ---- */

typedef int take(int fd, struct sockaddr *name, socklen_t *size, int flags);

static int take_one(int fd, struct sockaddr *name, socklen_t *size, int flags) {
  return flags == 0 ? accept(fd, name, size) : accept4(fd, name, size, flags);
}

static bool is_readable(int fd) {
  struct pollfd pollfd = {.fd = fd, .events = POLLIN};
  return poll(&pollfd, 1, 0) != 0;
}

/* What it stands for is new, even where nobody has told us that the number was free. */
static int accepted(int fd) {
  struct fd_place *place = fd < 0 ? NULL : fdtable_find(fd);
  if (place != NULL)
    fd_forget(place);
  return fd;
}

static int accept_waiting(struct gv_greenlet *self, struct fd_place *place, int fd, struct sockaddr *name,
                          socklen_t *size, int how) {
  int64_t limit = -2; /* not known yet */
  for (bool ready = is_readable(fd);; ready = true) {
    if (ready) {
      int flags = begin_try(place, fd);
      int result = take_one(fd, name, size, how);
      if (flags < 0)
        return result;
      end_try(place, fd, flags);
      if (result >= 0 || errno != EAGAIN)
        return result;
    }
    if (limit == -2) {
      if (!ready && descriptor_is_nonblocking(fd))
        return take_one(fd, name, size, how);
      limit = socket_limit(fd, SO_RCVTIMEO);
    }
    switch (descriptor_wait(self, fd, GV_READ, limit)) {
    case WAIT_LOOK:
      break;
    case WAIT_LATE:
      errno = EAGAIN;
      return -1;
    case WAIT_BROKEN:
      errno = EINTR;
      return -1;
    default:
      return take_one(fd, name, size, how);
    }
  }
}

int hook_accept4(int fd, struct sockaddr *name, socklen_t *size, int flags) {
  struct gv_greenlet *self = caller_of(fd);
  struct fd_place *place = self == NULL ? NULL : fdtable_find(fd);
  return accepted(place == NULL ? take_one(fd, name, size, flags) : accept_waiting(self, place, fd, name, size, flags));
}

int hook_accept(int fd, struct sockaddr *name, socklen_t *size) {
  return hook_accept4(fd, name, size, 0);
}

/* ---- what is remembered of a socket, and changes ---- */

int hook_setsockopt(int fd, int level, int option, const void *value, socklen_t size) {
  int result = setsockopt(fd, level, option, value, size);
  if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
    int error = errno;
    struct fd_place *place = fdtable_find(fd);
    if (place != NULL)
      fd_forget(place);
    errno = error;
  }
  return result;
}
