/*
 * watcher_io.c: descriptors, of which any number of watchers may share one, and children, which are descriptors as
 * well.
 */
#include "watcher_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int32_t mask_of(const struct watchers *watchers, int fd) {
  int32_t mask = 0;
  for (const struct gv_watcher *watcher = watchers->first_of[fd]; watcher != NULL; watcher = watcher->io.next)
    mask |= watcher->io.mask;
  return mask;
}

static int grow_descriptors(struct watchers *watchers, int fd) {
  int32_t count = watchers->descriptors == 0 ? 64 : watchers->descriptors;
  while (count <= fd)
    count *= 2;
  struct gv_watcher **grown = realloc(watchers->first_of, (size_t)count * sizeof *grown);
  if (grown == NULL)
    return GV_ENOMEM;
  memset(grown + watchers->descriptors, 0, (size_t)(count - watchers->descriptors) * sizeof *grown);
  watchers->first_of = grown;
  watchers->descriptors = count;
  return GV_OK;
}

/* Tells the loop what is now asked of a descriptor, if that has changed. */
static int watch(struct watchers *watchers, int fd, int32_t before) {
  int32_t mask = mask_of(watchers, fd);
  if (mask == before)
    return GV_OK;
  int status = watchers->loop->backend->watch(watchers->loop, fd, mask);
  if (status == GV_OK)
    watchers->watched += (mask != 0) - (before != 0);
  return status;
}

static void unlink_io(struct gv_watcher *watcher) {
  struct gv_watcher **place = &watcher->home->first_of[watcher->io.fd];
  while (*place != watcher)
    place = &(*place)->io.next;
  *place = watcher->io.next;
}

int watcher_start_io(struct gv_watcher *watcher) {
  struct watchers *watchers = watcher->home;
  int fd = watcher->io.fd;
  if (fd < 0)
    return GV_EINVAL;
  if (fcntl(fd, F_GETFD) < 0)
    return GV_ESYSTEM - errno;
  if (fd >= watchers->descriptors && grow_descriptors(watchers, fd) != GV_OK)
    return GV_ENOMEM;
  int32_t before = mask_of(watchers, fd);
  struct gv_watcher **last = &watchers->first_of[fd];
  while (*last != NULL)
    last = &(*last)->io.next;
  watcher->io.next = NULL;
  *last = watcher;
  int status = watch(watchers, fd, before);
  if (status != GV_OK)
    *last = NULL;
  return status;
}

void watcher_stop_io(struct gv_watcher *watcher) {
  int32_t before = mask_of(watcher->home, watcher->io.fd);
  unlink_io(watcher);
  watch(watcher->home, watcher->io.fd, before);
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
  struct gv_watcher *next;
  for (struct gv_watcher *watcher = watchers->first_of[fd]; watcher != NULL; watcher = next) {
    next = watcher->io.next;
    if (watcher->kind == GV_CHILD)
      fire_child(watcher);
    else if (events & watcher->io.mask)
      watcher_fire(watcher, events & watcher->io.mask);
  }
}

/* The loop doesn't watch it any more, since somebody has closed it. */
void watchers_fire_closed(struct watchers *watchers, int fd) {
  watchers->watched--;
  while (watchers->first_of[fd] != NULL) {
    struct gv_watcher *watcher = watchers->first_of[fd];
    watchers->first_of[fd] = watcher->io.next;
    watcher_deactivate(watcher);
    watcher_fire(watcher, watcher->io.mask | GV_ERROR);
  }
}
