/*
 * clock.h: what time it is, in ns. Unless they are dates, all times are of CLOCK_MONOTONIC.
 */
#ifndef GV_CLOCK_H
#define GV_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int64_t clock_now(void) {
  return clock_read(CLOCK_MONOTONIC);
}

/* Since 1970. */
static inline int64_t clock_date(void) {
  return clock_read(CLOCK_REALTIME);
}

#endif
