#include "lend.h"

#include "gevent4j.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- the choice of a backend, once in a process ---- */

static pthread_once_t chosen = PTHREAD_ONCE_INIT;
static bool by_baton;            /* set once, before the first lender */
static const char *refusal = ""; /* why */

static void choose(void) {
  const char *wish = getenv("GEVENT4J_SWITCH");
  if (wish != NULL && strcmp(wish, "baton") == 0) {
    by_baton = true;
    return;
  }
  const char *reason = swap_refusal();
  if (reason != NULL) {
    by_baton = true;
    refusal = reason;
  }
}

const char *lend_backend(void) {
  pthread_once(&chosen, choose);
  return by_baton ? "baton" : "swap";
}

const char *lend_refusal(void) {
  pthread_once(&chosen, choose);
  return refusal;
}

/* ---- lenders ---- */

int lender_init(struct lender *lender, int32_t slot) {
  int status = lender_init_main(lender);
  if (status != GV_OK)
    return status;
  lender->slot = slot;
  if (by_baton)
    return GV_OK;
  lender->berth = swap_berth_new();
  if (lender->berth == NULL) {
    lender_term(lender);
    return GV_ENOMEM;
  }
  return GV_OK;
}

int lender_init_main(struct lender *lender) {
  pthread_once(&chosen, choose);
  memset(lender, 0, sizeof *lender);
  queue_init(&lender->link);
  lender->slot = -1;
  lender->strand.tls = __builtin_thread_pointer(); /* a lender that isn't the calling thread sets it in lender_lend */
  if (!by_baton)
    return GV_OK;
  lender->baton = baton_new();
  return lender->baton == NULL ? GV_ENOMEM : GV_OK;
}

void lender_term(struct lender *lender) {
  if (lender->baton != NULL)
    baton_free(lender->baton);
  if (lender->berth != NULL)
    swap_berth_free(lender->berth);
}

int lender_lend(struct lender *self) {
  self->strand.status = GV_OK;
  self->strand.tls = __builtin_thread_pointer();
  if (by_baton) {
    baton_wait(self->baton);
    return (int)self->strand.status;
  }
  return swap_to_berth(&self->strand, self->berth);
}

void lender_await(struct lender *lender) {
  if (by_baton)
    baton_await(lender->baton);
  else
    swap_await(&lender->strand);
}

/* Kept out of line: the way of the swap is to be two jumps. */
__attribute__((noinline)) static int pass_baton(struct lender *from, struct lender *to) {
  baton_pass(to->baton);
  baton_wait(from->baton);
  return (int)from->strand.status;
}

int lender_switch(struct lender *from, struct lender *to) {
  if (by_baton)
    return pass_baton(from, to);
  return swap(&from->strand, &to->strand);
}

int lender_switch_then(struct lender *from, struct lender *to, void (*then)(void *), void *arg) {
  if (by_baton) {
    then(arg); /* `from` may be passed the baton before it waits: that is what a baton is for */
    return pass_baton(from, to);
  }
  return swap_then(&from->strand, &to->strand, then, arg);
}

void lender_release(struct lender *lender, int status) {
  lender->strand.status = status;
  if (by_baton)
    baton_pass(lender->baton);
  else
    swap_release(&lender->strand);
}

static void give_back(void *lender) {
  lender_release(lender, GV_OK);
}

int lender_reclaim(struct lender *self, struct lender *to) {
  return lender_switch_then(self, to, give_back, self);
}

bool lender_is_resting(struct lender *lender) {
  if (by_baton)
    return baton_is_waiting(lender->baton);
  return atomic_load_explicit(&lender->strand.sp, memory_order_acquire) != NULL &&
         atomic_load_explicit(&lender->strand.word, memory_order_acquire) == STRAND_LENT;
}
