/*
 * watcher_io.c: descriptors, of which any number of watchers may share one, and children, which are descriptors as
 * well.
 */
#include "fdtable.h"
#include "watcher_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int32_t mask_of(const struct watched *watched) {
  int32_t mask = 0;
  for (const struct gv_watcher *watcher = watched->first; watcher != NULL; watcher = watcher->io.next)
    mask |= watcher->io.mask;
  return mask;
}

static int grow_descriptors(struct watchers *watchers, int fd) {
  int32_t count = watchers->descriptors == 0 ? 64 : watchers->descriptors;
  while (count <= fd)
    count *= 2;
  struct watched *grown = realloc(watchers->of_descriptor, (size_t)count * sizeof *grown);
  if (grown == NULL)
    return GV_ENOMEM;
  memset(grown + watchers->descriptors, 0, (size_t)(count - watchers->descriptors) * sizeof *grown);
  watchers->of_descriptor = grown;
  watchers->descriptors = count;
  return GV_OK;
}

/* Has the loop watch a descriptor for this and no more. */
static int tell(struct watchers *watchers, int fd, int32_t mask) {
  struct watched *watched = &watchers->of_descriptor[fd];
  if (mask == watched->told)
    return GV_OK;
  int status = watchers->loop->backend->watch(watchers->loop, fd, mask);
  if (status == GV_OK) {
    watchers->watched += (mask != 0) - (watched->told != 0);
    watched->told = mask;
  }
  return status;
}

/* Tells the loop what is now asked of a descriptor, if that has changed. */
static int watch(struct watchers *watchers, int fd) {
  struct watched *watched = &watchers->of_descriptor[fd];
  return tell(watchers, fd, mask_of(watched) | (watched->kept ? watched->told : 0));
}

/* The loop doesn't watch the descriptor any more, and it is closed, or is about to be. */
static void end_watchers(struct watchers *watchers, int fd) {
  struct watched *watched = &watchers->of_descriptor[fd];
  while (watched->first != NULL) {
    struct gv_watcher *watcher = watched->first;
    watched->first = watcher->io.next;
    watcher_deactivate(watcher);
    watcher_fire(watcher, watcher->io.mask | GV_ERROR);
  }
}

int watchers_keep(struct watchers *watchers, int fd) {
  if (fd >= watchers->descriptors && grow_descriptors(watchers, fd) != GV_OK)
    return GV_ENOMEM;
  tell(watchers, fd, 0); /* of an earlier file of that number */
  watchers->of_descriptor[fd].kept = true;
  watchers->of_descriptor[fd].closings = fd_closings(fd);
  return watch(watchers, fd);
}

/* Whether what the loop was told of the number is still so: else its file was closed, and the kernel has silently
 * forgotten it. */
static inline bool is_kept(struct watchers *watchers, int fd) {
  struct watched *watched = &watchers->of_descriptor[fd];
  return watched->kept && watched->closings == fd_closings(fd);
}

int watchers_keep_on(struct watchers *watchers, int fd) {
  return fd < watchers->descriptors && is_kept(watchers, fd) ? GV_OK : watchers_keep(watchers, fd);
}

static void end_kept(struct watchers *watchers, int fd) {
  watchers->of_descriptor[fd].kept = false;
  tell(watchers, fd, 0);
}

void watchers_release(struct watchers *watchers, int fd) {
  struct watched *watched = &watchers->of_descriptor[fd];
  watched->kept = false;
  tell(watchers, fd, 0);
  end_watchers(watchers, fd);
}

static void unlink_io(struct gv_watcher *watcher) {
  struct gv_watcher **place = &watcher->home->of_descriptor[watcher->io.fd].first;
  while (*place != watcher)
    place = &(*place)->io.next;
  *place = watcher->io.next;
}

int watcher_start_io(struct gv_watcher *watcher) {
  struct watchers *watchers = watcher->home;
  int fd = watcher->io.fd;
  if (fd < 0)
    return GV_EINVAL;
  bool known = fd < watchers->descriptors;
  bool kept = known && is_kept(watchers, fd);
  if (!kept && fcntl(fd, F_GETFD) < 0)
    return GV_ESYSTEM - errno;
  if (!kept && known && watchers->of_descriptor[fd].kept)
    end_kept(watchers, fd);
  if (!known && grow_descriptors(watchers, fd) != GV_OK)
    return GV_ENOMEM;
  struct gv_watcher **last = &watchers->of_descriptor[fd].first;
  while (*last != NULL)
    last = &(*last)->io.next;
  watcher->io.next = NULL;
  *last = watcher;
  int status = watch(watchers, fd);
  if (status != GV_OK)
    *last = NULL;
  return status;
}

void watcher_stop_io(struct gv_watcher *watcher) {
  unlink_io(watcher);
  watch(watcher->home, watcher->io.fd);
}

int watcher_start_child(struct gv_watcher *watcher) {
  int fd = pollable_child(watcher->io.pid);
  if (fd < 0)
    return fd;
  watcher->io.fd = fd;
  watcher->io.status = GV_STATUS_UNKNOWN;
  int status = watcher_start_io(watcher);
  if (status != GV_OK) {
    close(fd);
    watcher->io.fd = -1;
  }
  return status;
}

void watcher_stop_child(struct gv_watcher *watcher) {
  watcher_stop_io(watcher);
  close(watcher->io.fd);
  watcher->io.fd = -1;
}

/* A child ends once. */
static void fire_child(struct gv_watcher *watcher) {
  watcher->io.status = pollable_child_status(watcher->io.fd);
  watcher_stop_child(watcher);
  watcher_deactivate(watcher);
  watcher_fire(watcher, 0);
}

void watchers_fire_descriptor(struct watchers *watchers, int fd, int events) {
  struct watched *watched = &watchers->of_descriptor[fd];
  if (watched->kept && (events & ~mask_of(watched)) != 0)
    tell(watchers, fd, mask_of(watched));
  struct gv_watcher *next;
  for (struct gv_watcher *watcher = watched->first; watcher != NULL; watcher = next) {
    next = watcher->io.next;
    if (watcher->kind == GV_CHILD)
      fire_child(watcher);
    else if (events & watcher->io.mask)
      watcher_fire(watcher, events & watcher->io.mask);
  }
}

void watchers_fire_closed(struct watchers *watchers, int fd) {
  watchers->watched--;
  watchers->of_descriptor[fd].told = 0;
  end_watchers(watchers, fd);
}
