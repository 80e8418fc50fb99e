/*
 * interpose_close.c: whoever closes a descriptor, or puts another file in its place, tells those who wait for it. The
 * loop says nothing: the kernel silently forgets that it was asked to watch it.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <unistd.h>

/* A child that was made by vfork(2) shares our memory, but not our descriptors. */
static pid_t process;

__attribute__((constructor)) static void know_process(void) {
  process = getpid();
}

static struct fd_place *begin(int fd) {
  struct fd_place *place = fdtable_find(fd);
  if (place == NULL || getpid() != process)
    return NULL;
  fd_forget(place); /* or who opens it before we tell would take it for what it was */
  return place;
}

static int end(struct fd_place *place, int result) {
  if (place != NULL) {
    int error = errno;
    fd_tell(place);
    errno = error;
  }
  return result;
}

/*
 * A socket with SO_LINGER has who closes it wait until the peer has all that was sent, be it blocking or not: a
 * greenlet does so on its own kernel thread, as the peer may be its neighbour.
 */
static bool lingers(int fd) {
  struct linger linger;
  socklen_t size = sizeof linger;
  return (fd_known(fd) & IS_SOCKET) && getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff &&
         linger.l_linger != 0 && getpid() == process;
}

static struct gv_greenlet *begin_lingering(int fd) {
  struct gv_greenlet *self = lingers(fd) ? hub_caller() : NULL;
  return self != NULL && interpose_is_on(GV_PATCH_SOCKET) && away_begin(self) ? self : NULL;
}

static int end_lingering(struct gv_greenlet *self, int result) {
  if (self != NULL)
    away_end(self);
  return result;
}

int hook_close(int fd) {
  struct gv_greenlet *self = begin_lingering(fd);
  struct fd_place *place = begin(fd);
  return end_lingering(self, end(place, close(fd)));
}

static void note_copy(int from, int to, int result) {
  int error = errno;
  if (result >= 0 && from != to) {
    descriptor_copied(from);
    descriptor_copied(to);
  }
  errno = error;
}

int hook_dup2(int from, int to) {
  struct gv_greenlet *self = from == to ? NULL : begin_lingering(to);
  struct fd_place *place = from == to ? NULL : begin(to);
  int result = end_lingering(self, end(place, dup2(from, to)));
  note_copy(from, to, result);
  return result;
}

int hook_dup3(int from, int to, int flags) {
  struct gv_greenlet *self = from == to ? NULL : begin_lingering(to);
  struct fd_place *place = from == to ? NULL : begin(to);
  int result = end_lingering(self, end(place, dup3(from, to, flags)));
  note_copy(from, to, result);
  return result;
}
