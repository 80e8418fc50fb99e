/*
 * permit.h: the permit of LockSupport for those of Java's threads that are greenlets: who parks waits in his hub until
 * somebody gives it to him. It is found by what the VM knows the thread by.
 *
 *   EXPECTED, as it isn't known yet whether the thread will be one --begin--> OPEN
 *   OPEN --wait--> WAITS --give, or he goes on--> OPEN
 *   OPEN --he parks as threads do--> ALONE --give, or he goes on--> OPEN
 *
 * Beside that it counts how often it was given. The thread knows up to which of these it has taken it.
 */
#ifndef GV_PERMIT_H
#define GV_PERMIT_H

#include "hub.h"

enum permit_mode { PERMIT_EXPECTED, PERMIT_OPEN, PERMIT_WAITS, PERMIT_ALONE, PERMIT_ONE = 4 };

struct permit {
  const void *vm;          /* what the VM knows the thread by */
  struct permit *next;     /* in its bucket, under whose lock it is written; or among those that are free */
  _Atomic uint64_t word;   /* a mode, and PERMIT_ONE times how often it was given */
  uint64_t taken;          /* what of that the thread has taken */
  struct parked *parked;   /* of who waits */
  struct queue unshown;    /* for threads_park_jvm.c: its place in its hub's queue of that name; */
  void *thread, *state_of; /* the thread, and what has its state; */
  int state;               /* what that is while it waits, */
  bool shown;              /* and is now; */
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
  uint64_t given = atomic_load_explicit(&own->word, memory_order_acquire) / PERMIT_ONE;
  bool any = given != own->taken;
  own->taken = given;
  return any;
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
