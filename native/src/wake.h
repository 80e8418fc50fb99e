/*
 * wake.h: how other threads, and signal handlers, reach a hub: they leave word what there is to look at, and make one
 * system call only if the hub sleeps.
 */
#ifndef GV_WAKE_H
#define GV_WAKE_H

#include "pollable.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { WAKE_INBOX = 1, WAKE_RETURN = 2, WAKE_ASYNC = 4, WAKE_SIGNAL = 8, WAKE_EXIT = 16, WAKE_PARKED = 32 };

struct wake {
  int fd;                /* readable when somebody has woken the hub */
  _Atomic bool sleeping; /* in the loop library, or about to be */
  _Atomic uint32_t news; /* of WAKE_* */
};

/* Any thread, any signal handler. */
static inline void wake_tell(struct wake *wake, uint32_t news) {
  atomic_fetch_or(&wake->news, news);
  if (atomic_load(&wake->sleeping) && atomic_exchange(&wake->sleeping, false))
    pollable_call_now(wake->fd);
}

static inline bool wake_has_news(struct wake *wake) {
  return atomic_load_explicit(&wake->news, memory_order_relaxed) != 0;
}

/* The thread of the hub: takes what was told. */
static inline uint32_t wake_take(struct wake *wake) {
  return wake_has_news(wake) ? atomic_exchange(&wake->news, 0) : 0;
}

/* Whether the hub may sleep: from now on it is woken. */
static inline bool wake_try_sleep(struct wake *wake) {
  atomic_store(&wake->sleeping, true);
  if (atomic_load(&wake->news) == 0)
    return true;
  atomic_store(&wake->sleeping, false);
  return false;
}

static inline void wake_awake(struct wake *wake) {
  atomic_store_explicit(&wake->sleeping, false, memory_order_relaxed);
}

#endif
