#include "hub.h"

#include <stdlib.h>

enum { PACE_MAX = 64, STACK_IN_USE = 640, LINE = 64 }; /* bytes that a greenlet uses when it goes on; of a line */
static const int64_t INTERVAL = 100000;

void (*hub_show)(struct queue *unshown);

/* A number of Java's callbacks, in the ready queue. */
struct callbacks {
  struct entry entry; /* first */
  int32_t count;
};

/* ---- the ready queue ---- */

/* Lets a greenlet run, behind some place in the ready queue. Returns 0 if it doesn't wait, or is ready already. */
static inline int ready_behind(struct gv_greenlet *greenlet, struct queue *place) {
  if (!greenlet->waits || greenlet->woken || entry_is_ready(&greenlet->entry))
    return 0;
  queue_push_first(place, &greenlet->entry.link);
  return 1;
}

/* Makes ready who was posted. To be called before anybody adds to the queue, or looks at it. */
static inline void take_post(struct gv_hub *hub) {
  int64_t post = hub->post;
  if (post == 0)
    return;
  hub->post = 0;
  struct queue *place = post & GV_POST_NEXT ? &hub->ready : hub->ready.previous;
  ready_behind((struct gv_greenlet *)(intptr_t)(post & ~(int64_t)GV_POST_NEXT), place);
}

static inline void make_ready(struct gv_hub *hub, struct entry *entry) {
  take_post(hub);
  queue_push_last(&hub->ready, &entry->link);
}

/*
 * How many entries may pass until the next look at the clock: as many as take a quarter of the interval.
 *
 * Not before as many have run as there were news: those who have not had their turn yet would only be told of anew, and
 * with a thousand of them the telling would take more than the turns. Nothing is late by that, as news go to the end.
 */
__attribute__((cold, noinline)) static void look(struct gv_hub *hub) {
  int64_t now = watchers_update_now(&hub->watchers);
  int64_t each = (now - hub->looked) / hub->pace + 1;
  int32_t passed = hub->pace - hub->countdown;
  int64_t pace = hub->interval / 4 / each;
  hub->pace = pace < 1 ? 1 : pace > PACE_MAX ? PACE_MAX : (int32_t)pace;
  hub->untold -= passed;
  hub->countdown = hub->pace;
  hub->looked = now;
  hub->due = now - hub->polled >= hub->interval && hub->untold <= 0;
}

/* Whether it is time to poll. To be asked once for each entry that is about to run. */
static inline bool is_due(struct gv_hub *hub) {
  if (__builtin_expect(--hub->countdown < 0, 0))
    look(hub);
  return hub->due;
}

static inline void show(struct gv_hub *hub) {
  if (!queue_is_empty(&hub->unshown))
    hub_show(&hub->unshown);
}

/* Has the processor fetch what a greenlet that rests touches when it goes on: line after line, each would be waited
 * for. With the baton its stack is nowhere. */
static inline void fetch(const struct gv_greenlet *greenlet) {
  const char *stack = atomic_load_explicit(&greenlet->lender.strand.sp, memory_order_relaxed);
  for (int at = 0; stack != NULL && at < STACK_IN_USE; at += LINE)
    __builtin_prefetch(stack + at);
  __builtin_prefetch(greenlet->lender.strand.tls);
  __builtin_prefetch(greenlet->awaits);
  __builtin_prefetch((const char *)greenlet->awaits + LINE);
}

/* Of thousands that have waited nothing is in a cache: what the next one needs comes while this one runs. For who
 * switches to and fro with few others it would be in vain. */
static inline void fetch_next(struct gv_hub *hub) {
  const struct entry *next = (const struct entry *)hub->ready.next;
  hub->cold--;
  if (queue_is_empty(&hub->ready) || next->kind != ENTRY_GREENLET)
    return;
  __builtin_prefetch(queue_entry(next->link.next, struct gv_greenlet, entry.link));
  __builtin_prefetch(next->link.next);
  fetch(queue_entry(&next->link, struct gv_greenlet, entry.link));
}

/* The first entry, which is a greenlet, takes its turn. Who runs on and on and is no guest can't be relieved. */
static inline struct gv_greenlet *take_greenlet(struct gv_hub *hub) {
  struct gv_greenlet *greenlet = queue_entry(hub->ready.next, struct gv_greenlet, entry.link);
  queue_remove(&greenlet->entry.link);
  greenlet->woken = true;
  if (hub->cold > 0)
    fetch_next(hub);
  if (!greenlet->guest)
    show(hub);
  return greenlet;
}

static inline bool is_greenlet_next(const struct gv_hub *hub) {
  return !queue_is_empty(&hub->ready) && ((struct entry *)hub->ready.next)->kind == ENTRY_GREENLET;
}

/* Who runs next: the first that is ready, or the runner where that isn't a greenlet, or the loop is to be asked. */
static inline struct gv_greenlet *next_greenlet(struct gv_hub *hub) {
  return !hub->batching && is_greenlet_next(hub) && !is_due(hub) ? take_greenlet(hub) : hub->runner;
}

/* ---- waiting ---- */

/* Why somebody who is no greenlet of the hub, or doesn't run in it, may not wait there; or that he is back. */
__attribute__((cold, noinline)) static int refusal(struct gv_greenlet *self) {
  if (greenlet_is_self(self) && self->away && hub_is_back(self))
    return GV_OK;
  return greenlet_is_self(self) && greenlet_is_orphan(self) ? GV_EOWNER : GV_ETHREAD;
}

static inline int check(const struct gv_hub *hub, struct gv_greenlet *self) {
  if (__builtin_expect(!greenlet_is_self(self) || self->away || self->family == NULL || self->family->hub != hub, 0))
    return refusal(self);
  return __builtin_expect(self == hub->runner, 0) ? GV_EHUB : GV_OK;
}

/* It runs though it wasn't its turn: whoever had made it ready, or posted it, did so in vain. */
__attribute__((cold, noinline)) static int strayed(struct gv_greenlet *greenlet, int status) {
  struct gv_hub *hub = greenlet->family->hub;
  if (hub != NULL)
    take_post(hub);
  greenlet->waits = false;
  queue_remove(&greenlet->entry.link);
  return status == GV_OK ? GV_ESTRAY : status;
}

/* What a wait returns, once its greenlet runs again. */
static inline int woken(struct gv_greenlet *greenlet, int status) {
  if (__builtin_expect(status == GV_EEXIT, 0))
    return status; /* others are released at the same time, and nobody looks at the queues any more */
  if (__builtin_expect(!greenlet->woken, 0))
    return strayed(greenlet, status);
  greenlet->waits = false;
  return status;
}

static inline int suspend(struct gv_hub *hub, struct gv_greenlet *self) {
  self->waits = true;
  self->woken = false;
  take_post(hub);
  struct gv_greenlet *next = next_greenlet(hub);
  return woken(self, next == self ? GV_OK : greenlet_switch(self, next));
}

int hub_wait(struct gv_hub *hub, struct gv_greenlet *self) {
  int status = check(hub, self);
  if (status != GV_OK)
    return status;
  return suspend(hub, self);
}

int hub_yield(struct gv_hub *hub, struct gv_greenlet *self) {
  int status = check(hub, self);
  if (status != GV_OK)
    return status;
  make_ready(hub, &self->entry);
  return suspend(hub, self);
}

int hub_sleep(struct gv_hub *hub, struct gv_greenlet *self, int64_t ns, bool ref) {
  int status = check(hub, self);
  if (status != GV_OK)
    return status;
  struct sleeper sleeper;
  status = sleeper_start(&hub->watchers, &sleeper, &self->entry, ns);
  if (status != GV_OK)
    return status;
  hub->watchers.refs += ref;
  status = suspend(hub, self);
  if (__builtin_expect(status == GV_EEXIT, 0))
    return status;
  hub->watchers.refs -= ref;
  sleeper_stop(&hub->watchers, &sleeper);
  return status;
}

int hub_wait_for(struct gv_hub *hub, struct gv_greenlet *self, struct gv_watcher *watcher, int64_t ns) {
  int status = check(hub, self);
  if (status != GV_OK)
    return status;
  if (watcher->active || watcher->waiter != NULL)
    return GV_EINVAL;
  struct sleeper sleeper;
  if (ns >= 0 && (status = sleeper_start(&hub->watchers, &sleeper, &self->entry, ns)) != GV_OK)
    return status;
  bool freed = false;
  watcher->waiter = &self->entry;
  watcher->freed = &freed;
  self->awaits = watcher;
  status = watcher_start(watcher);
  if (status == GV_OK)
    status = suspend(hub, self);
  if (status == GV_EEXIT)
    return status;
  if (ns >= 0)
    sleeper_stop(&hub->watchers, &sleeper);
  if (freed)
    return status == GV_OK ? GV_EINVAL : status;
  if (status == GV_OK)
    status = watcher->events;
  watcher->waiter = NULL;
  watcher_stop(watcher);
  return status;
}

int hub_ready(struct gv_hub *hub, struct gv_greenlet *greenlet) {
  if (!hub_is_here(hub))
    return GV_ETHREAD;
  take_post(hub);
  return ready_behind(greenlet, hub->ready.previous);
}

void hub_ready_here(struct gv_hub *hub, struct gv_greenlet *greenlet) {
  take_post(hub);
  ready_behind(greenlet, hub->ready.previous);
}

int hub_ready_next(struct gv_hub *hub, struct gv_greenlet *greenlet) {
  if (!hub_is_here(hub))
    return GV_ETHREAD;
  take_post(hub);
  return ready_behind(greenlet, &hub->ready);
}

/* ---- away on one's own kernel thread ---- */

int hub_leave(struct gv_hub *hub, struct gv_greenlet *self) {
  int status = check(hub, self);
  if (status != GV_OK)
    return status;
  if (self == &hub->family->main)
    return GV_EINVAL;
  hub->watchers.refs++;
  take_post(hub);
  return greenlet_go_away(self, next_greenlet(hub));
}

/* Lends itself, and tells the hub of it. */
static int come(struct gv_hub *hub, struct gv_greenlet *self, bool joins) {
  self->woken = false;
  self->joins = joins;
  self->next = atomic_load(&hub->returning);
  while (!atomic_compare_exchange_weak(&hub->returning, &self->next, self))
    ;
  wake_tell(&hub->watchers.wake, WAKE_RETURN);
  return woken(self, greenlet_lend(self));
}

int hub_return(struct gv_hub *hub, struct gv_greenlet *self) {
  if (!greenlet_is_self(self) || !self->away)
    return GV_ETHREAD;
  int status = greenlet_come_back(self);
  if (status != GV_OK)
    return status;
  return come(hub, self, false);
}

int hub_join(struct gv_hub *hub, struct gv_greenlet *guest) {
  return come(hub, guest, true);
}

int hub_quit(struct gv_hub *hub, struct gv_greenlet *guest) {
  int status = check(hub, guest);
  if (status != GV_OK)
    return status;
  take_post(hub);
  hub->guests--;
  return greenlet_go_away(guest, next_greenlet(hub));
}

/* Those that have come back are ready, in the order in which they came. */
static void take_returning(struct gv_hub *hub) {
  struct queue *place = hub->ready.previous;
  struct gv_greenlet *greenlet = atomic_exchange(&hub->returning, NULL);
  while (greenlet != NULL) {
    struct gv_greenlet *earlier = greenlet->next;
    greenlet_await(greenlet);
    greenlet->waits = true; /* from now on, and not before it rests, it may be made ready */
    queue_push_first(place, &greenlet->entry.link);
    hub->guests += greenlet->joins;
    hub->watchers.refs -= !greenlet->joins;
    greenlet = earlier;
  }
}

/* ---- work for Java ---- */

int hub_callbacks(struct gv_hub *hub, int count) {
  take_post(hub);
  struct callbacks *last = (struct callbacks *)hub->ready.previous;
  if (!queue_is_empty(&hub->ready) && last->entry.kind == ENTRY_CALLBACKS) {
    last->count += count;
    return GV_OK;
  }
  struct callbacks *callbacks = (struct callbacks *)hub->spare_callbacks.next;
  if (!queue_is_empty(&hub->spare_callbacks))
    queue_remove(&callbacks->entry.link);
  else if ((callbacks = malloc(sizeof *callbacks)) == NULL)
    return GV_ENOMEM;
  entry_init(&callbacks->entry, ENTRY_CALLBACKS);
  callbacks->count = count;
  make_ready(hub, &callbacks->entry);
  return GV_OK;
}

void hub_wake(struct gv_hub *hub) {
  wake_tell(&hub->watchers.wake, WAKE_INBOX);
}

/* Takes up to `most` callbacks out of an entry; returns how many. */
static int32_t take_callbacks(struct gv_hub *hub, struct callbacks *callbacks, int32_t most) {
  int32_t count = callbacks->count < most ? callbacks->count : most;
  callbacks->count -= count;
  if (callbacks->count == 0) {
    queue_remove(&callbacks->entry.link);
    queue_push_first(&hub->spare_callbacks, &callbacks->entry.link);
  }
  return count;
}

/* Hands Java what is ready, up to the first greenlet; as much as the pace allows. Returns how many pairs. */
static int fill_batch(struct gv_hub *hub) {
  int pairs = 0;
  for (int32_t left = hub->pace; left > 0 && !queue_is_empty(&hub->ready); pairs++) {
    struct entry *first = (struct entry *)hub->ready.next;
    int32_t number, value = 0, taken = 1;
    if (first->kind == ENTRY_GREENLET)
      break;
    if (first->kind == ENTRY_CALLBACKS) {
      number = GV_BATCH_CALLBACKS;
      value = taken = take_callbacks(hub, (struct callbacks *)first, left);
    } else {
      queue_remove(&first->link);
      number = GV_BATCH_INBOX;
      if (first->kind == ENTRY_WATCHER) {
        struct gv_watcher *watcher = (struct gv_watcher *)first;
        number = watcher->number;
        value = watcher->events;
        watcher->events = 0;
      }
    }
    hub->batch[2 * pairs] = number;
    hub->batch[2 * pairs + 1] = value;
    hub->countdown -= taken;
    left -= taken;
  }
  hub->batching = pairs > 0;
  return pairs;
}

/* ---- running ---- */

static void take_news(struct gv_hub *hub) {
  uint32_t news = wake_take(&hub->watchers.wake);
  if ((news & WAKE_RETURN) && !greenlet_process_ends()) /* else they may have gone on */
    take_returning(hub);
  if (news & WAKE_PARKED)
    hub_take_unparked(hub);
  if (news & (WAKE_ASYNC | WAKE_SIGNAL))
    watchers_told(&hub->watchers, news);
  if ((news & WAKE_INBOX) && !entry_is_ready(&hub->inbox))
    make_ready(hub, &hub->inbox);
}

static void poll(struct gv_hub *hub, bool block) {
  show(hub);
  watchers_poll(&hub->watchers, block);
  take_news(hub);
  hub->looked = hub->polled = hub->watchers.now;
  hub->untold = hub->cold = hub->watchers.news;
  hub->countdown = hub->pace;
  hub->due = false;
  hub->prepared = false;
}

/* Prepare watchers run before the poll, and before whatever is ready. */
static bool prepare(struct gv_hub *hub) {
  if (hub->prepared)
    return false;
  hub->prepared = true;
  hub->due = false; /* until they have run */
  hub->countdown = hub->pace;
  struct queue later;
  queue_init(&later);
  queue_move_all(&later, &hub->ready);
  watchers_fire_kind(&hub->watchers, GV_PREPARE);
  watchers_take_fired(&hub->watchers, &hub->ready);
  bool any = !queue_is_empty(&hub->ready);
  queue_move_all(&hub->ready, &later);
  return any;
}

static bool is_idle(struct gv_hub *hub) {
  return queue_is_empty(&hub->ready) && hub->watchers.refs <= 0 && !wake_has_news(&hub->watchers.wake);
}

/* One poll, and what comes with it. Returns GV_EIDLE where nothing could come. */
static int turn(struct gv_hub *hub, int mode) {
  if (is_idle(hub)) {
    hub->prepared = false;
    return GV_EIDLE;
  }
  bool idlers = !queue_is_empty(&hub->watchers.of_kind[GV_IDLE]);
  bool nobody = queue_is_empty(&hub->ready);
  poll(hub, nobody && !idlers && !(mode & GV_RUN_NOWAIT));
  if (idlers && nobody && queue_is_empty(&hub->ready) && hub->watchers.quiet)
    watchers_fire_kind(&hub->watchers, GV_IDLE);
  watchers_take_fired(&hub->watchers, &hub->ready);
  return GV_OK;
}

static bool runs_on(struct gv_hub *hub) {
  return !queue_is_empty(&hub->ready) && !hub->due && !is_due(hub);
}

int hub_run(struct gv_hub *hub, int mode) {
  if (!hub_is_here(hub) || (hub->runner != NULL && !greenlet_is_self(hub->runner)))
    return GV_ETHREAD;
  hub->batching = false;
  if (mode & GV_RUN_BEGIN) {
    mode &= ~GV_RUN_BEGIN;
    hub->turned = false;
  }
  for (;;) {
    if (hub->runner != NULL && greenlet_process_ends())
      return greenlet_end_with_process(hub->runner);
    if (hub->runner != NULL && hub->family->ended)
      return GV_EOWNER; /* it was released inside a callback; those that came back have gone on */
    take_post(hub);
    take_news(hub);
    watchers_take_fired(&hub->watchers, &hub->ready); /* by watcher_feed */
    if (runs_on(hub)) {
      if (!is_greenlet_next(hub)) {
        show(hub);
        return fill_batch(hub);
      }
      fetch(queue_entry(hub->ready.next, struct gv_greenlet, entry.link));
      int status = greenlet_switch(hub->runner, take_greenlet(hub));
      if (status != GV_OK)
        return status;
    } else if (mode != GV_RUN_ALL && hub->turned) {
      hub->turned = false;
      return 0;
    } else if (!prepare(hub)) {
      int status = turn(hub, mode);
      if (status != GV_OK)
        return status;
      hub->turned = mode != GV_RUN_ALL;
    }
  }
}

int hub_pending_count(struct gv_hub *hub) {
  take_post(hub);
  int pending = 0;
  for (struct queue *link = hub->ready.next; link != &hub->ready; link = link->next) {
    struct entry *entry = (struct entry *)link;
    pending += entry->kind == ENTRY_CALLBACKS ? ((struct callbacks *)entry)->count : 1;
  }
  return pending;
}

/* ---- making, and giving it a runner ---- */

struct gv_hub *hub_new(const struct loop_backend *backend, const char *way, int32_t *status) {
  struct gv_hub *hub = calloc(1, sizeof *hub);
  if (hub == NULL) {
    *status = GV_ENOMEM;
    return NULL;
  }
  *status = watchers_init(&hub->watchers, backend, way);
  if (*status != GV_OK) {
    free(hub);
    return NULL;
  }
  queue_init(&hub->ready);
  queue_init(&hub->spare_callbacks);
  queue_init(&hub->unparked);
  queue_init(&hub->unshown);
  pthread_mutex_init(&hub->lock, NULL);
  entry_init(&hub->inbox, ENTRY_INBOX);
  hub->maker = __builtin_thread_pointer();
  hub->interval = INTERVAL;
  hub->pace = PACE_MAX;
  hub->looked = hub->polled = hub->watchers.now;
  return hub;
}

static void free_callbacks(struct queue *queue) {
  while (!queue_is_empty(queue)) {
    struct entry *entry = (struct entry *)queue->next;
    queue_remove(&entry->link);
    if (entry->kind == ENTRY_CALLBACKS)
      free(entry);
  }
}

void hub_free(struct gv_hub *hub) {
  watchers_term(&hub->watchers);
  pthread_mutex_destroy(&hub->lock);
  free_callbacks(&hub->ready);
  free_callbacks(&hub->spare_callbacks);
  free(hub);
}

static void wake_for_exit(struct gv_hub *hub) {
  wake_tell(&hub->watchers.wake, WAKE_EXIT);
}

int hub_attach(struct gv_hub *hub, struct gv_greenlet *runner) {
  int status = greenlet_set_hub(runner->family, hub, runner, wake_for_exit);
  if (status == GV_OK) {
    hub->family = runner->family;
    hub->runner = runner;
  }
  return status;
}

void hub_detach(struct gv_hub *hub) {
  if (hub->runner == NULL)
    return;
  greenlet_set_hub(hub->family, NULL, NULL, NULL);
  hub->maker = hub->family->main.lender.strand.tls;
  hub->family = NULL;
  hub->runner = NULL;
  hub->post = 0;
  queue_init(&hub->unshown);
}
