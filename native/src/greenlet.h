/*
 * greenlet.h: which greenlets a kernel thread runs, and what becomes of them when the thread or the process ends.
 *
 * Values, exceptions, parents and their rules are Java's (io.gevent4j.greenlet); here a greenlet is a lender at work.
 *
 *   SPARE --greenlet_take, greenlet_adopt--> MEMBER --greenlet_finish--> SPARE
 *   MEMBER --(owner or process ends)--> released, for good
 */
#ifndef GV_GREENLET_H
#define GV_GREENLET_H

#include "gevent4j.h"
#include "lend.h"

struct gv_greenlet {
  struct lender lender;     /* first: a lender is found again as its greenlet */
  struct gv_family *family; /* whose member it is; NULL for a spare */
  bool released;            /* with GV_EEXIT, for good; under the lock of greenlet.c */
};

struct gv_family {
  struct gv_greenlet main;               /* the kernel thread's own */
  _Atomic(struct gv_greenlet *) current; /* who runs, or is just being switched to */
  struct queue members;                  /* all but main; under the lock of greenlet.c */
  struct queue families;                 /* its place among all families; under that lock */
  bool ended;                            /* its kernel thread is gone; under that lock */
};

struct gv_family *family_new(void);

struct gv_greenlet *greenlet_new(int32_t slot);
int greenlet_lend(struct gv_greenlet *self);
int greenlet_lend_spare(struct gv_greenlet *self);
void greenlet_free(struct gv_greenlet *self);

/* A spare from the pool as a member of the family, or NULL; and whether to add more. */
struct gv_greenlet *greenlet_take(struct gv_family *family, bool *low);

/* Makes a new lender, as soon as it rests, a member of the family. */
void greenlet_adopt(struct gv_family *family, struct gv_greenlet *lender);

int greenlet_switch(struct gv_greenlet *from, struct gv_greenlet *to);
int greenlet_finish(struct gv_greenlet *from, struct gv_greenlet *to);

/* Makes greenlet_exit_all fast, and is slow itself: 10 ms. Any thread. */
void greenlet_exit_prepare(void);

/* The process ends: releases every greenlet that rests, so that nobody has to wait for it. Any thread. */
void greenlet_exit_all(void);

#endif
