/*
 * lend.h: threads that give their stack and identity away for others to run, and take them back.
 *
 *   OWN      runs on its own kernel thread
 *   RESTING  its kernel thread sleeps, nobody runs its stack
 *   AWAY     its kernel thread sleeps, another kernel thread runs its stack
 *
 *   OWN --lender_lend--> RESTING --lender_switch to it--> AWAY --lender_switch from it--> RESTING
 *   RESTING --lender_release--> OWN       AWAY --lender_reclaim--> OWN
 *
 * With the baton, AWAY is OWN as well: the stack never leaves its kernel thread.
 */
#ifndef GV_LEND_H
#define GV_LEND_H

#include "baton.h"
#include "queue.h"
#include "swap.h"

#include <stdbool.h>
#include <stdint.h>

struct lender {
  struct strand strand; /* first: what the assembly swaps */
  struct baton *baton;  /* with the baton; else NULL */
  void *berth;       /* where its kernel thread sleeps; NULL with the baton, and for a main thread, which never lends */
  struct queue link; /* its place in the pool while it is a spare, in its family while it is at work */
  int32_t slot;      /* the number that its maker gave it */
};

/* The backend of this process, "swap" or "baton", and why it is not swap ("" if it was not refused). Any thread. */
const char *lend_backend(void);
const char *lend_refusal(void);

/* A main lender has no berth and keeps its kernel thread. Both return 0 or a negative gv_status. */
int lender_init(struct lender *lender, int32_t slot);
int lender_init_main(struct lender *lender);
void lender_term(struct lender *lender);

/* The calling thread lends itself. Returns 0 when run by another; else the status of its release, on its own. */
int lender_lend(struct lender *self);

/* Waits until the lender's own kernel thread sleeps. Any other thread. */
void lender_await(struct lender *lender);

/* Whether the calling thread is the lender. */
static inline bool lender_is_self(const struct lender *lender) {
  return lender->strand.tls == __builtin_thread_pointer();
}

/* Leaves `from`, which runs, for `to`, which rests. Returns from's status when it runs again. */
int lender_switch(struct lender *from, struct lender *to);

/* As lender_switch; then(arg) is called as soon as nobody stands on from's stack, so that it may give `from` away. */
int lender_switch_then(struct lender *from, struct lender *to, void (*then)(void *), void *arg);

/* Lets a resting lender go on upon its own kernel thread, where its call returns `status`. Any thread. */
void lender_release(struct lender *lender, int status);

/* `self` takes its own kernel thread back, and the one that ran it goes on with `to`. Returns 0. */
int lender_reclaim(struct lender *self, struct lender *to);

/* Whether it rests, so that it can be released. A switch or a lend under way counts as not yet. Any thread. */
bool lender_is_resting(struct lender *lender);

#endif
