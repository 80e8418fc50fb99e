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
  int64_t untold;    /* so many more than have run since were news of the last poll: see look */
  bool due;          /* it is time to poll */
  bool prepared;     /* the prepare watchers of this turn have run */
  bool turned;       /* in a run of one turn: it has polled */
  bool batching;     /* Java runs what it was last handed */

  int64_t post; /* gv_hub_post */

  struct entry inbox;
  _Atomic(struct waiter *) returning; /* come back from their own kernel threads; the last one first */
  struct queue spare_callbacks;       /* struct callbacks that are not in use */
  int32_t batch[2 * GV_BATCH_MAX];
};

static inline struct gv_hub *hub_of(const struct gv_watcher *watcher) {
  return (struct gv_hub *)watcher->home;
}

/* Whether the calling thread is one of those that the hub belongs to. */
static inline bool hub_is_here(const struct gv_hub *hub) {
  struct gv_family *family = hub->family; /* read once: others may ask while it is taken away */
  return family == NULL ? hub->maker == __builtin_thread_pointer() : greenlet_is_self(greenlet_current(family));
}

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
int hub_ready_next(struct gv_hub *hub, struct gv_greenlet *greenlet);
int hub_leave(struct gv_hub *hub, struct gv_greenlet *self);
int hub_return(struct gv_hub *hub, struct gv_greenlet *self);

#endif
