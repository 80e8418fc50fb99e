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

int hook_close(int fd) {
  struct fd_place *place = begin(fd);
  return end(place, close(fd));
}

int hook_dup2(int from, int to) {
  struct fd_place *place = from == to ? NULL : begin(to);
  return end(place, dup2(from, to));
}

int hook_dup3(int from, int to, int flags) {
  struct fd_place *place = from == to ? NULL : begin(to);
  return end(place, dup3(from, to, flags));
}
