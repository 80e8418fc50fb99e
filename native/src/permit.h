/*
 * permit.h: the permit of LockSupport for those of Java's threads that are greenlets: who parks waits in his hub until
 * somebody gives it to him. It is found by what the VM knows the thread by.
 *
 *   NONE --give--> GIVEN --take--> NONE        NONE --wait--> WAITS --give--> GIVEN --he goes on--> NONE
 *   NONE --he parks as threads do--> ALONE --give--> GIVEN
 *   EXPECTED, as it isn't known yet whether the thread will be one --begin--> NONE
 *   EXPECTED --give--> KEPT --begin--> GIVEN
 */
#ifndef GV_PERMIT_H
#define GV_PERMIT_H

#include "hub.h"

enum permit_state { PERMIT_EXPECTED, PERMIT_KEPT, PERMIT_NONE, PERMIT_GIVEN, PERMIT_WAITS, PERMIT_ALONE };

struct permit {
  const void *vm;          /* what the VM knows the thread by */
  struct permit *next;     /* in its bucket, under whose lock */
  _Atomic int state;       /* enum permit_state */
  struct parked *parked;   /* of who waits */
  void *thread, *state_of; /* for threads_park_jvm.c: the thread, and what has its state, */
  int64_t *waits;          /* and where it is counted how often it waits: by the VM, or here */
  int64_t uncounted;
};

/* For a thread that is about to start, before anybody can know it; NULL: no memory. */
struct permit *permit_expect(const void *vm);
void permit_forget(struct permit *permit);

/* The calling thread is the one that was expected (NULL is allowed); and ends, or is known to be no greenlet. */
void permit_arrive(struct permit *permit);
void permit_leave(void);

/* The calling thread, which the VM knows by this, parks as a greenlet from now on. NULL: it can't. */
struct permit *permit_begin(const void *vm);

/* The calling thread's, from permit_begin to permit_leave; else NULL. */
struct permit *permit_own(void);

/* Whether it was given, and isn't any more. */
static inline bool permit_take(struct permit *own) {
  return atomic_load_explicit(&own->state, memory_order_relaxed) == PERMIT_GIVEN &&
         atomic_exchange(&own->state, PERMIT_NONE) == PERMIT_GIVEN;
}

/*
 * The calling thread, `self`, waits in its hub until it is given, or it is time: in so many `ns`, or `absolute` since
 * 1970; 0: never. It may return sooner. GV_OK, or with what status it was released.
 */
int permit_wait(struct permit *own, struct gv_greenlet *self, bool absolute, int64_t ns);

/* Before it parks as threads do, false if it was given; and after. */
bool permit_begin_alone(struct permit *own);
void permit_end_alone(struct permit *own);

/* Gives it to a thread. False: the VM has to be told, as it parks, or may park, as threads do. Any thread. */
bool permit_give(const void *vm);

#endif
