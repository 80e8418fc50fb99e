/*
 * hub.h: a loop, and the greenlets that wait in it. One is ready or waits; the ready ones run in the order in which
 * they became so, each switching straight to the next, and the loop is asked for news when none is ready, or it is
 * time.
 *
 * The runner is the greenlet that polls, and that returns to Java where Java has work.
 */
#ifndef GV_HUB_H
#define GV_HUB_H

#include "greenlet.h"
#include "watcher.h"

#include <pthread.h>

struct gv_hub {
  struct watchers watchers; /* first: a watcher's home is its hub */
  struct queue ready;
  struct gv_family *family;   /* whose greenlets wait here; NULL: it has no runner */
  struct gv_greenlet *runner; /* NULL: whoever made it runs it */
  void *maker;                /* the thread pointer of who made it */

  int64_t interval;  /* ns that may pass between two polls, however busy the greenlets are */
  int64_t looked;    /* when the clock was last looked at, and */
  int64_t polled;    /* when the loop was */
  int32_t countdown; /* entries until the next look */
  int32_t pace;      /* entries between the last two looks */
  int64_t cold;      /* so many turns after the last poll the stack of who is next is fetched: as there were news */
  int64_t untold;    /* so many more than have run since were news of the last poll: see look */
  bool due;          /* it is time to poll */
  bool prepared;     /* the prepare watchers of this turn have run */
  bool turned;       /* in a run of one turn: it has polled */
  bool batching;     /* Java runs what it was last handed */

  int64_t post; /* gv_hub_post */

  struct entry inbox;
  _Atomic(struct gv_greenlet *) returning; /* come back from their own kernel threads; the last one first */
  struct queue spare_callbacks;            /* struct callbacks that are not in use */
  pthread_mutex_t lock;                    /* of */
  struct queue unparked;                   /* by other threads: not made ready yet */
  int32_t guests;                          /* threads of others' making that are its greenlets */
  struct queue unshown;                    /* greenlets that wait without anybody having been told yet */

  /* threads_relief_jvm.c: the guest that is being asked to let the others run, and that may. Never followed. */
  _Atomic(struct gv_greenlet *) asked, relieved;
  int32_t batch[2 * GV_BATCH_MAX];
};

/* Called with a hub's queue of that name, if there is something in it: before a poll, and before it hands on to one who
 * is no guest. */
extern void (*hub_show)(struct queue *unshown);

static inline struct gv_hub *hub_of(const struct gv_watcher *watcher) {
  return (struct gv_hub *)watcher->home;
}

/* Whether the calling thread is one of those that the hub belongs to. */
static inline bool hub_is_here(const struct gv_hub *hub) {
  struct gv_family *family = hub->family; /* read once: others may ask while it is taken away */
  return family == NULL ? hub->maker == __builtin_thread_pointer() : greenlet_is_self(greenlet_current(family));
}

enum { PARKED, TOLD, READIED };

/* A greenlet that waits in its hub, as any thread may end that: on its own stack. */
struct parked {
  struct queue link; /* first: its place among the unparked */
  struct gv_greenlet *greenlet;
  struct gv_hub *hub;
  _Atomic int state; /* PARKED --hub_unpark--> TOLD --nobody else will look at it--> READIED */
};

static inline bool parked_is_told(const struct parked *parked) {
  return atomic_load_explicit(&parked->state, memory_order_relaxed) != PARKED;
}

static inline bool parked_is_readied(const struct parked *parked) {
  return atomic_load_explicit(&parked->state, memory_order_acquire) == READIED;
}

/*
 * hub_guest.c. A guest is a thread of somebody else's making that has lent itself. Where it blocks in a way that nobody
 * here understands it is let go, upon its own kernel thread, until it next asks to wait; and when its hub or the
 * process ends, it is a plain thread again.
 */
/* The calling thread, if it is one, which stays known until it is released; and whether it is none any more. */
struct gv_greenlet *guest_hold(void);
void guest_release(struct gv_greenlet *guest);
bool guest_has_ended(struct gv_greenlet *guest);
void guest_end(struct gv_greenlet *self);
int hub_admit(struct gv_hub *hub, struct gv_greenlet *guest); /* from now on its kernel thread doesn't end without it */
int hub_join(struct gv_hub *hub,
             struct gv_greenlet *guest); /* the calling thread lends itself as one that is admitted */
int hub_quit(struct gv_hub *hub, struct gv_greenlet *guest); /* and takes itself back */
int hub_let_go(struct gv_hub *hub, struct gv_greenlet *guest);
int hub_rejoin(struct gv_greenlet *guest);               /* GV_OK, or with what status it was released */
void hub_released(struct gv_greenlet *self, int status); /* a guest may be none any more */
bool hub_is_back(struct gv_greenlet *self);              /* whether one who was away is one of its hub's now */

/*
 * The greenlet that the calling thread is, if it may wait in its hub now. NULL for all others, who block as threads do:
 * for no greenlet, for one that is away or has its kernel thread back for good, for a runner, and when the process
 * ends.
 */
static inline struct gv_greenlet *hub_caller(void) {
  struct gv_greenlet *self = greenlet_self();
  if (__builtin_expect(self == NULL, 1))
    return NULL;
  if (self->away && !hub_is_back(self))
    return NULL;
  if (self->stays || self->family == NULL || greenlet_process_ends())
    return NULL;
  struct gv_hub *hub = self->family->hub;
  return hub == NULL || hub->runner == self ? NULL : self;
}

/*
 * hub_parked.c. Before its wait; by any thread, which returns whether it was the first; after the wait, in any case.
 * Who unparks has found the record in some list: under its lock, which the waiter takes to leave it, before he settles;
 * or the waiter waits until he is told.
 */
void parked_init(struct parked *parked, struct gv_greenlet *greenlet);
bool hub_unpark(struct parked *parked);
void hub_unpark_taken(struct parked *parked); /* by who is sure to be the first, and that nobody leaves meanwhile */
void parked_settle(struct parked *parked);

/*
 * In between: suspends its greenlet, which is the calling thread, until it is unparked, something is thrown in it, or
 * it is `end`, in ns since 1970 if that is a `date`, else of CLOCK_MONOTONIC. GV_OK; GV_ETIMEDOUT; or with what status
 * it was released.
 */
static const int64_t PARKED_FOREVER = INT64_MAX;
int parked_wait(struct parked *parked, bool date, int64_t end);

/* The thread of the hub: has one who waits in a function that others have called stop to. */
int hub_end_wait(struct gv_hub *hub, struct gv_greenlet *greenlet);

/* The thread of the hub: makes the unparked ready. */
void hub_take_unparked(struct gv_hub *hub);

struct gv_hub *hub_new(const struct loop_backend *backend, const char *way, int32_t *status);
void hub_free(struct gv_hub *hub);
int hub_attach(struct gv_hub *hub, struct gv_greenlet *runner);
void hub_detach(struct gv_hub *hub);
int hub_run(struct gv_hub *hub, int mode);
int hub_callbacks(struct gv_hub *hub, int count);
void hub_wake(struct gv_hub *hub);
int hub_pending_count(struct gv_hub *hub);

int hub_wait(struct gv_hub *hub, struct gv_greenlet *self);
int hub_yield(struct gv_hub *hub, struct gv_greenlet *self);
int hub_sleep(struct gv_hub *hub, struct gv_greenlet *self, int64_t ns, bool ref);
/* `ns` at most; negative: as long as it takes. Returns 0 when the time is up, or somebody else made it ready. */
int hub_wait_for(struct gv_hub *hub, struct gv_greenlet *self, struct gv_watcher *watcher, int64_t ns);
int hub_ready(struct gv_hub *hub, struct gv_greenlet *greenlet);
void hub_ready_here(struct gv_hub *hub, struct gv_greenlet *greenlet); /* as hub_ready, by who knows that he may */
int hub_ready_next(struct gv_hub *hub, struct gv_greenlet *greenlet);
int hub_leave(struct gv_hub *hub, struct gv_greenlet *self);
int hub_return(struct gv_hub *hub, struct gv_greenlet *self);

#endif
