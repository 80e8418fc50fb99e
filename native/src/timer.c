#include "timer.h"

#include "gevent4j.h"

#include <stdlib.h>

enum {
  CHILDREN = 4, /* of each place: half as deep as a binary heap, and the four share one or two cache lines */
  LEAST = 64,   /* the capacity that is kept once there was a timer */
  MOST = 1 << 28
};

void timers_init(struct timers *timers) {
  *timers = (struct timers){0};
}

void timers_term(struct timers *timers) {
  free(timers->heap);
  timers_init(timers);
}

static bool is_earlier(struct timer_entry one, struct timer_entry other) {
  return one.at != other.at ? one.at < other.at : one.timer->turn < other.timer->turn;
}

static void put(struct timers *timers, int32_t place, struct timer_entry entry) {
  timers->heap[place] = entry;
  entry.timer->place = place;
}

/* The earliest of the children of a place, or -1. */
static int32_t first_child(const struct timers *timers, int32_t place) {
  int32_t child = CHILDREN * place + 1;
  if (child >= timers->size)
    return -1;
  int32_t end = child + CHILDREN < timers->size ? child + CHILDREN : timers->size;
  int32_t first = child;
  while (++child < end)
    if (is_earlier(timers->heap[child], timers->heap[first]))
      first = child;
  return first;
}

/* Moves the free place up to where an entry may stand, as far as those above it are concerned. */
static int32_t rise(struct timers *timers, int32_t place, struct timer_entry entry) {
  while (place > 0) {
    int32_t parent = (place - 1) / CHILDREN;
    if (!is_earlier(entry, timers->heap[parent]))
      break;
    put(timers, place, timers->heap[parent]);
    place = parent;
  }
  return place;
}

/* And down, as far as those below it are concerned. */
static int32_t sink(struct timers *timers, int32_t place, struct timer_entry entry) {
  for (;;) {
    int32_t child = first_child(timers, place);
    if (child < 0 || !is_earlier(timers->heap[child], entry))
      return place;
    put(timers, place, timers->heap[child]);
    place = child;
  }
}

/* Puts an entry where it belongs, above or below a place that is free. */
static void settle(struct timers *timers, int32_t place, struct timer_entry entry) {
  int32_t risen = rise(timers, place, entry);
  put(timers, risen < place ? risen : sink(timers, place, entry), entry);
}

static bool set_capacity(struct timers *timers, int32_t capacity) {
  struct timer_entry *heap = realloc(timers->heap, (size_t)capacity * sizeof *heap);
  if (heap == NULL)
    return false;
  timers->heap = heap;
  timers->capacity = capacity;
  return true;
}

static bool make_room(struct timers *timers) {
  if (timers->size < timers->capacity)
    return true;
  if (timers->capacity >= MOST)
    return false;
  return set_capacity(timers, timers->capacity == 0 ? LEAST : 2 * timers->capacity);
}

int timers_start(struct timers *timers, struct timer *timer, int64_t at) {
  if (!timer_is_active(timer)) {
    if (!make_room(timers))
      return GV_ENOMEM;
    timer->place = timers->size++;
  }
  timer->at = at;
  timer->turn = ++timers->turn;
  settle(timers, timer->place, (struct timer_entry){at, timer});
  return GV_OK;
}

void timers_stop(struct timers *timers, struct timer *timer) {
  if (!timer_is_active(timer))
    return;
  int32_t place = timer->place;
  timer->place = -1;
  struct timer_entry last = timers->heap[--timers->size];
  if (last.timer != timer)
    settle(timers, place, last);
  /* An eighth, so that a few starts don't let it grow again. Where it can't shrink it stays as it is. */
  if (timers->capacity > LEAST && timers->size < timers->capacity / 8)
    set_capacity(timers, timers->capacity / 2);
}
