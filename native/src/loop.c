/*
 * loop.c: what both backends keep: descriptors by number, those to be looked at before a poll, and the news.
 */
#include "loop.h"

#include "gevent4j.h"

#include <stdlib.h>
#include <string.h>

int loop_reserve(struct loop *loop) {
  if (loop->reserved == loop->fired_capacity) {
    int32_t capacity = loop->fired_capacity == 0 ? 16 : 2 * loop->fired_capacity;
    struct fired *fired = realloc(loop->fired, (size_t)capacity * sizeof *fired);
    if (fired == NULL)
      return GV_ENOMEM;
    loop->fired = fired;
    loop->fired_capacity = capacity;
  }
  loop->reserved++;
  return GV_OK;
}

void loop_release(struct loop *loop) {
  loop->reserved--;
}

void loop_fire(struct loop *loop, int32_t *place, struct fired news) {
  if (*place < loop->fired_count) {
    struct fired *fired = &loop->fired[*place]; /* somebody else's, unless it was fired in this poll */
    if (fired->fd == news.fd && fired->file == news.file) {
      fired->events |= news.events;
      return;
    }
  }
  *place = loop->fired_count++;
  loop->fired[*place] = news;
}

struct loop_descriptor *loop_find(const struct loop *loop, int fd) {
  return fd < loop->descriptors_size ? loop->descriptors[fd] : NULL;
}

/* Makes the table long enough for `fd`, which is open: so it is no longer than the system allows. */
static bool reach(struct loop *loop, int fd) {
  if (fd < loop->descriptors_size)
    return true;
  size_t size = fd < 32 ? 64 : 2 * (size_t)fd;
  struct loop_descriptor **table = realloc(loop->descriptors, size * sizeof *table);
  if (table == NULL)
    return false;
  memset(table + loop->descriptors_size, 0, (size - (size_t)loop->descriptors_size) * sizeof *table);
  loop->descriptors = table;
  loop->descriptors_size = (int32_t)size;
  return true;
}

struct loop_descriptor *loop_make(struct loop *loop, int fd, size_t size) {
  struct loop_descriptor *descriptor = loop_find(loop, fd);
  if (descriptor != NULL)
    return descriptor;
  if (!reach(loop, fd) || (descriptor = calloc(1, size)) == NULL)
    return NULL;
  if (loop_reserve(loop) != GV_OK) {
    free(descriptor);
    return NULL;
  }
  descriptor->fd = fd;
  loop->descriptors[fd] = descriptor;
  return descriptor;
}

void loop_suspect(struct loop *loop, struct loop_descriptor *descriptor) {
  if (descriptor->suspect)
    return;
  descriptor->suspect = true;
  descriptor->next = loop->suspects;
  loop->suspects = descriptor;
}

struct loop_descriptor *loop_take_suspect(struct loop *loop) {
  struct loop_descriptor *descriptor = loop->suspects;
  if (descriptor != NULL) {
    loop->suspects = descriptor->next;
    descriptor->suspect = false;
  }
  return descriptor;
}

void loop_term(struct loop *loop) {
  for (int32_t fd = 0; fd < loop->descriptors_size; fd++)
    free(loop->descriptors[fd]);
  free(loop->descriptors);
  free(loop->fired);
}
