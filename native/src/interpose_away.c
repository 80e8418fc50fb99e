/*
 * interpose_away.c: calls that the loop can't help with. The greenlet makes them on its own kernel thread, while the
 * hub runs the others; main, which has none but the hub's, blocks.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct gv_greenlet *away_if(int patch) {
  struct gv_greenlet *self = hub_caller();
  return self != NULL && interpose_is_on(patch) && away_begin(self) ? self : NULL;
}

void away_back(struct gv_greenlet *self) {
  if (self != NULL)
    away_end(self);
}

/* ---- children ---- */

pid_t hook_waitpid(pid_t child, int *status, int options) {
  struct gv_greenlet *self = options & WNOHANG ? NULL : away_if(GV_PATCH_SUBPROCESS);
  pid_t result = waitpid(child, status, options);
  away_back(self);
  return result;
}

int hook_waitid(int type, unsigned id, void *info, int options) {
  struct gv_greenlet *self = options & WNOHANG ? NULL : away_if(GV_PATCH_SUBPROCESS);
  int result = waitid((idtype_t)type, id, info, options);
  away_back(self);
  return result;
}

/* ---- what files have others wait for, whether or not they are patched themselves ---- */

/* Whether opening it has to wait for who opens the other end: a named pipe does that, unless it is for both. */
static bool opens_in_pairs(const char *path, int flags) {
  struct stat stat_of;
  int error = errno;
  bool is_pipe = (flags & O_NONBLOCK) == 0 && (flags & O_ACCMODE) != O_RDWR && stat(path, &stat_of) == 0 &&
                 S_ISFIFO(stat_of.st_mode);
  errno = error;
  return is_pipe;
}

int hook_open(const char *path, int flags, mode_t mode) {
  struct gv_greenlet *self = hub_caller() != NULL && opens_in_pairs(path, flags) ? away_if(IO_PATCHES) : NULL;
  int result = open(path, flags, mode);
  away_back(self);
  return result;
}

static int copy(int fd, int command, void *least) {
  int copied = fcntl(fd, command, least);
  if (copied >= 0) {
    descriptor_copied(fd);
    descriptor_copied(copied);
  }
  return copied;
}

/* A lock that is free is had at once. All other commands don't block. */
int hook_fcntl(int fd, int command, void *argument) {
  if (command == F_SETFL)
    return descriptor_set_flags(fd, argument);
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
    return copy(fd, command, argument);
  int attempt = command == F_SETLKW ? F_SETLK : command == F_OFD_SETLKW ? F_OFD_SETLK : command;
  if (attempt == command || hub_caller() == NULL)
    return fcntl(fd, command, argument);
  int result = fcntl(fd, attempt, argument);
  if (result == 0 || (errno != EAGAIN && errno != EACCES))
    return result;
  struct gv_greenlet *self = away_if(IO_PATCHES);
  result = fcntl(fd, command, argument);
  away_back(self);
  return result;
}
