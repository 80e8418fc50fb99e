/*
 * greenlet.h: which greenlets a kernel thread runs, and what becomes of them when the thread or the process ends.
 *
 * Values, exceptions, parents and their rules are Java's (io.gevent4j.greenlet); here a greenlet is a lender at work.
 *
 *   SPARE --greenlet_take, greenlet_adopt--> MEMBER --greenlet_finish--> SPARE, or one of its family's own
 *   MEMBER --(owner or process ends)--> released, for good
 */
#ifndef GV_GREENLET_H
#define GV_GREENLET_H

#include "gevent4j.h"
#include "lend.h"
#include "ready.h"

/* What a switch touches comes first: two lines of memory. */
struct gv_greenlet {
  struct lender lender;     /* first: a lender is found again as its greenlet */
  struct gv_family *family; /* whose member it is; NULL for a spare */
  struct entry entry;       /* its place among those that are ready in its hub; as are the next three, hub.c's */
  const void *awaits;       /* the watcher that it waited for last, to be fetched only: it may be gone */
  bool waits;               /* in its hub */
  bool woken;               /* by its turn */
  bool joins;               /* the hub that it is on its way to, for the first time */
  bool away;                /* on its own kernel thread, for a while or for good; under the lock of greenlet.c */
  bool guest;               /* a thread that nobody made for us: see hub_guest.c */
  bool released;            /* with GV_EEXIT, for good; under that lock */
  struct gv_greenlet *next; /* among the spares of its family, or those that are on their way to a hub */
  bool let_go;              /* away until it next asks to wait */
  bool held;                /* Java knows the guest; under the lock of hub_guest.c */
  bool ended;               /* the guest is none any more; under that lock */
  bool inside;              /* it waits in a function that others have called: no value reaches it there */
  bool thrown;              /* something was thrown in it meanwhile, so that it stops to wait */
  const void *patience;     /* what of the VM's it has waited for a while for; of interpose_cond.c */
  bool stays;               /* its kernel thread is not to go to others, even where it blocks */
  void *vm;                 /* what the VM knows the thread by, once somebody has asked; see interpose_cond.c */
};

struct gv_family {
  struct gv_greenlet main;               /* the kernel thread's own */
  _Atomic(struct gv_greenlet *) current; /* who runs, or is just being switched to */
  struct queue members;                  /* all but main; under the lock of greenlet.c */
  struct gv_greenlet *spares;            /* members that have ended, the last first, for its next starts: no lock */
  int32_t spare_count;
  struct queue families;            /* its place among all families; under that lock */
  bool ended;                       /* its kernel thread is gone; under that lock */
  struct gv_hub *hub;               /* in which its greenlets wait, or NULL; written under that lock */
  struct gv_greenlet *last;         /* to be released: the others may need it until then; NULL: in any order */
  void (*wake)(struct gv_hub *hub); /* has a hub that sleeps look whether the process ends; under that lock */
};

struct gv_family *family_new(void);

/* The greenlet that is the calling thread, or NULL. */
struct gv_greenlet *greenlet_self(void);

/* In a child that was made by fork(2), where none but the calling thread is: it is no greenlet any more. */
void greenlet_forked(void);

/* As a member of the family, which is refused by one whose kernel thread has ended. Any thread. */
bool greenlet_enlist(struct gv_family *family, struct gv_greenlet *greenlet);

struct gv_greenlet *greenlet_new(int32_t slot);
int greenlet_lend(struct gv_greenlet *self);
int greenlet_lend_spare(struct gv_greenlet *self);
void greenlet_free(struct gv_greenlet *self);
void greenlet_retire(struct gv_greenlet *self); /* all of it but its memory, */
void greenlet_forget(struct gv_greenlet *self); /* and that as well */

/* A spare, the family's own or from the pool, as a member of the family, or NULL; and whether to add more. */
struct gv_greenlet *greenlet_take(struct gv_family *family, bool *low);

/* Makes a new lender, as soon as it rests, a member of the family. */
void greenlet_adopt(struct gv_family *family, struct gv_greenlet *lender);

int greenlet_switch(struct gv_greenlet *from, struct gv_greenlet *to);
int greenlet_finish(struct gv_greenlet *from, struct gv_greenlet *to);

/* Whether the calling thread is that greenlet. */
static inline bool greenlet_is_self(const struct gv_greenlet *greenlet) {
  return lender_is_self(&greenlet->lender);
}

/* The greenlet of the family that runs, or was just left by the calling thread. */
static inline struct gv_greenlet *greenlet_current(struct gv_family *family) {
  return atomic_load_explicit(&family->current, memory_order_relaxed);
}

/* Gives a family its hub, or takes it back with NULL. GV_EINVAL if it has one. */
int greenlet_set_hub(struct gv_family *family, struct gv_hub *hub, struct gv_greenlet *last,
                     void (*wake)(struct gv_hub *));

/*
 * `from` goes on upon its own kernel thread, and the one that ran it with `to`; greenlet_come_back is for its way back,
 * made when that is done: after GV_OK it has to be told to its hub, and to lend itself. Returns a status of release
 * where there is nothing to come back to.
 */
int greenlet_go_away(struct gv_greenlet *from, struct gv_greenlet *to);
int greenlet_come_back(struct gv_greenlet *self);

/* The guest of the family that runs, and what the VM knows it by; NULL: it isn't one. To be compared only. Any thread.
 */
const struct gv_greenlet *greenlet_running_guest(struct gv_family *family, void **vm);

/* Whether the kernel thread that ran it has ended, so that it runs on its own. */
bool greenlet_is_orphan(const struct gv_greenlet *greenlet);

/* A member of the calling thread's family that waits in its hub, or NULL. */
struct gv_greenlet *greenlet_waiting(struct gv_family *family);

/* Waits until somebody who lends himself rests. */
void greenlet_await(struct gv_greenlet *greenlet);

/* Whether the process ends; then `self`, which runs, gives main its thread back, and gets GV_EEXIT. */
bool greenlet_process_ends(void);
int greenlet_end_with_process(struct gv_greenlet *self);

/* Makes greenlet_exit_all fast, and is slow itself: 10 ms. Any thread. */
void greenlet_exit_prepare(void);

/* The process ends: releases every greenlet that rests, so that nobody has to wait for it. Any thread. */
void greenlet_exit_all(void);

#endif
