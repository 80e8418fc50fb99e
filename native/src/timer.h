/*
 * timer.h: timers in order of time, and for the same time in order of their start. A heap that knows where each of its
 * timers is; the hub asks it when it has to wake.
 */
#ifndef GV_TIMER_H
#define GV_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
  int64_t at;    /* ns of CLOCK_MONOTONIC */
  uint64_t turn; /* of its start */
  int32_t place; /* in the heap; -1: not started */
  int32_t tag;   /* its owner's own */
};

/* The time is here too: a search for the earliest reads the timers themselves only where times are equal. */
struct timer_entry {
  int64_t at;
  struct timer *timer;
};

struct timers {
  struct timer_entry *heap;
  int32_t size;
  int32_t capacity;
  uint64_t turn; /* of the last start */
};

static inline void timer_init(struct timer *timer) {
  timer->place = -1;
}

static inline bool timer_is_active(const struct timer *timer) {
  return timer->place >= 0;
}

void timers_init(struct timers *timers);

/* Frees its memory. Timers that were active are left as they are, and are to be initialised before they start again. */
void timers_term(struct timers *timers);

/*
 * Starts a timer, or again if it is active. Returns GV_OK or GV_ENOMEM, and then nothing has changed. It needs no
 * memory for one that is active, nor right after a timers_stop of one that was.
 */
int timers_start(struct timers *timers, struct timer *timer, int64_t at);

/* Harmless for one that isn't active. */
void timers_stop(struct timers *timers, struct timer *timer);

/* The earliest, or NULL. */
static inline struct timer *timers_first(const struct timers *timers) {
  return timers->size == 0 ? (struct timer *)0 : timers->heap[0].timer;
}

#endif
