/*
 * spin.h: a lock that is held for nanoseconds, and never across a switch.
 */
#ifndef GV_SPIN_H
#define GV_SPIN_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

struct spin {
  _Atomic bool locked;
};

static inline void spin_lock(struct spin *spin) {
  for (int tries = 0; atomic_exchange_explicit(&spin->locked, true, memory_order_acquire); tries++)
    if (tries > 100)
      sched_yield();
}

static inline void spin_unlock(struct spin *spin) {
  atomic_store_explicit(&spin->locked, false, memory_order_release);
}

#endif
