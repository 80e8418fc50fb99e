/*
 * interpose_descriptor.c: what a descriptor is, and how its owner means to use it.
 */
#include "clock.h"
#include "interpose_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static uint32_t kind_of(const struct stat *stat) {
  switch (stat->st_mode & S_IFMT) {
  case S_IFSOCK:
    return IS_SOCKET;
  case S_IFIFO:
    return IS_PIPE;
  case S_IFCHR:
    return IS_TERMINAL;
  case S_IFREG:
  case S_IFDIR:
  case S_IFBLK:
    return IS_FILE;
  default:
    return IS_OTHER;
  }
}

uint32_t descriptor_learn(int fd) {
  struct stat stat;
  struct fd_place *place = fdtable_place(fd);
  uint32_t closings = fd_closings(fd);
  if (fstat(fd, &stat) < 0)
    return 0;
  uint32_t kind = kind_of(&stat);
  if (place == NULL)
    return kind;
  if (interpose_strangers) {
    fd_is(place, (uint64_t)stat.st_dev << 40 ^ (uint64_t)stat.st_ino);
    closings = fd_closings(fd);
  }
  fd_learn(place, closings, kind);
  return fd_known(fd) | kind;
}

void descriptor_add(int fd, uint32_t bits) {
  struct fd_place *place = fdtable_find(fd);
  if (place != NULL)
    fd_learn(place, fd_closings(fd), bits);
}

bool descriptor_waits(int fd, uint32_t kind) {
  if (fd == STDOUT_FILENO || fd == STDERR_FILENO)
    return false;
  int patch = fd == STDIN_FILENO   ? GV_PATCH_STDIN
              : kind & IS_SOCKET   ? GV_PATCH_SOCKET
              : kind & IS_PIPE     ? GV_PATCH_SUBPROCESS
              : kind & IS_TERMINAL ? GV_PATCH_STDIN
              : kind & IS_FILE     ? GV_PATCH_FILES
              : kind & IS_OTHER    ? GV_PATCH_SELECT
                                   : 0;
  return interpose_is_on(patch);
}

/* It may be so for a moment only, by interpose_connect.c: under the lock. */
bool descriptor_is_nonblocking(int fd) {
  struct fd_place *place = fdtable_find(fd);
  if (place == NULL) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || (flags & O_NONBLOCK);
  }
  uint32_t known = fd_known(fd);
  if ((known & BLOCKS) && !interpose_strangers)
    return false;
  uint32_t closings = fd_closings(fd);
  fd_lock(place);
  int flags = fcntl(fd, F_GETFL);
  bool nonblocking = flags < 0 || (flags & O_NONBLOCK);
  if (!nonblocking && (fd_known(fd) & (IS_SOCKET | HAS_COPIES)) == IS_SOCKET)
    fd_learn(place, closings, BLOCKS);
  fd_unlock(place);
  return nonblocking;
}

int descriptor_set_flags(int fd, void *flags) {
  struct fd_place *place = fdtable_find(fd);
  if (place == NULL)
    return fcntl(fd, F_SETFL, flags);
  fd_lock(place);
  int result = fcntl(fd, F_SETFL, flags);
  fd_unlearn(place, BLOCKS);
  fd_unlock(place);
  return result;
}

void descriptor_copied(int fd) {
  struct fd_place *place = fdtable_place(fd);
  if (place == NULL)
    return;
  fd_lock(place);
  fd_learn(place, fd_closings(fd), HAS_COPIES);
  fd_unlearn(place, BLOCKS);
  fd_unlock(place);
}

/* ns; 0: as long as it takes. */
static int64_t limit_option(int fd, int option) {
  struct timeval time = {0};
  socklen_t size = sizeof time;
  if (getsockopt(fd, SOL_SOCKET, option, &time, &size) < 0)
    return 0;
  return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

int64_t socket_limit(int fd, int option) {
  if (fd_known(fd) & HAS_NO_LIMIT)
    return -1;
  int64_t reading = limit_option(fd, SO_RCVTIMEO), writing = limit_option(fd, SO_SNDTIMEO);
  if (reading == 0 && writing == 0)
    descriptor_add(fd, HAS_NO_LIMIT);
  int64_t ns = option == SO_RCVTIMEO ? reading : writing;
  return ns == 0 ? -1 : clock_now() + ns;
}
