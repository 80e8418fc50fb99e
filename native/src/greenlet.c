#include "greenlet.h"

#include "pool.h"
#include "slab.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the lists of families and of their members */
static struct queue families = {&families, &families};
static _Atomic bool exiting; /* the process ends: nobody switches any more */

/* The greenlet that is the calling thread. It travels with the thread's identity. */
static _Thread_local struct gv_greenlet *self;

struct gv_greenlet *greenlet_self(void) {
  return self;
}

void greenlet_forked(void) {
  self = NULL;
}

static struct gv_greenlet *member_at(struct queue *link) {
  return (struct gv_greenlet *)queue_entry(link, struct lender, link);
}

/* ---- a family, and its end ---- */

static pthread_once_t owners_once = PTHREAD_ONCE_INIT;
static pthread_key_t owners; /* the family of a kernel thread; its destructor is how we learn of the thread's end */

/*
 * Takes the next member of an ended family to be released. They go one after the other, so that two greenlets of a
 * family never run at the same time, not even at the end. The lock is held. NULL: none is left.
 */
static struct gv_greenlet *next_to_release(struct gv_family *family) {
  if (queue_is_empty(&family->members))
    return NULL;
  struct queue *first = family->members.next;
  if (member_at(first) == family->last && first->next != &family->members)
    first = first->next;
  struct gv_greenlet *next = member_at(first);
  atomic_store_explicit(&family->current, next, memory_order_relaxed);
  return next;
}

/* Goes on with the end of a family: releases its next member, or frees it. The lock isn't held. */
static void release_next(struct gv_family *family) {
  pthread_mutex_lock(&lock);
  bool left_to_exit = exiting && !queue_is_empty(&family->members); /* which releases them with its own status */
  struct gv_greenlet *next = left_to_exit ? NULL : next_to_release(family);
  bool away = next != NULL && next->away; /* it learns of the end when it comes back */
  if (next != NULL && !away)
    next->away = true; /* for good */
  if (next == NULL && !left_to_exit)
    queue_remove(&family->families);
  pthread_mutex_unlock(&lock);
  if (left_to_exit || away)
    return;
  if (next != NULL) {
    lender_await(&next->lender); /* it may be on its way back */
    lender_release(&next->lender, GV_EOWNER);
  } else {
    lender_term(&family->main.lender);
    free(family);
  }
}

static void owner_ends(void *arg) {
  struct gv_family *family = arg;
  pthread_mutex_lock(&lock);
  family->ended = true;
  pthread_mutex_unlock(&lock);
  release_next(family);
}

static void create_owners(void) {
  if (pthread_key_create(&owners, owner_ends) != 0)
    abort(); /* 1024 keys are in use: nothing could tell us of a thread's end */
}

struct gv_family *family_new(void) {
  pthread_once(&owners_once, create_owners);
  struct gv_family *family = calloc(1, sizeof *family);
  if (family == NULL)
    return NULL;
  if (lender_init_main(&family->main.lender) != GV_OK)
    goto free_family;

  struct gv_family *former = pthread_getspecific(owners); /* of a thread that was detached from the VM, and is back */
  if (pthread_setspecific(owners, family) != 0)
    goto term_main;
  if (former != NULL)
    owner_ends(former);

  family->main.family = family;
  atomic_init(&family->current, &family->main);
  queue_init(&family->members);
  entry_init(&family->main.entry, ENTRY_GREENLET);
  self = &family->main;
  pthread_mutex_lock(&lock);
  queue_push_last(&families, &family->families);
  pthread_mutex_unlock(&lock);
  return family;

term_main:
  lender_term(&family->main.lender);
free_family:
  free(family);
  return NULL;
}

/* ---- members ---- */

static struct slab greenlets = SLAB_INIT(struct gv_greenlet);

struct gv_greenlet *greenlet_new(int32_t slot) {
  struct gv_greenlet *greenlet = slab_take(&greenlets);
  if (greenlet == NULL)
    return NULL;
  entry_init(&greenlet->entry, ENTRY_GREENLET);
  if (lender_init(&greenlet->lender, slot) != GV_OK) {
    greenlet_forget(greenlet);
    return NULL;
  }
  return greenlet;
}

int greenlet_lend(struct gv_greenlet *greenlet) {
  self = greenlet;
  return lender_lend(&greenlet->lender);
}

int greenlet_lend_spare(struct gv_greenlet *greenlet) {
  int status = pool_offer(&greenlet->lender);
  return status == GV_OK ? greenlet_lend(greenlet) : status;
}

static void join(struct gv_family *family, struct gv_greenlet *greenlet) {
  pthread_mutex_lock(&lock);
  greenlet->family = family;
  queue_push_last(&family->members, &greenlet->lender.link);
  pthread_mutex_unlock(&lock);
}

bool greenlet_enlist(struct gv_family *family, struct gv_greenlet *greenlet) {
  pthread_mutex_lock(&lock);
  bool lives = !family->ended && family->hub != NULL;
  if (lives) {
    greenlet->family = family;
    queue_push_last(&family->members, &greenlet->lender.link);
  }
  pthread_mutex_unlock(&lock);
  return lives;
}

/* Returns the family if it has ended and waits for this member to leave. */
static struct gv_family *leave(struct gv_greenlet *greenlet) {
  pthread_mutex_lock(&lock);
  struct gv_family *family = greenlet->family;
  bool ended = family != NULL && family->ended;
  queue_remove(&greenlet->lender.link);
  greenlet->family = NULL;
  pthread_mutex_unlock(&lock);
  return ended ? family : NULL;
}

void greenlet_retire(struct gv_greenlet *greenlet) {
  if (self == greenlet)
    self = NULL;
  struct gv_family *ended = leave(greenlet);
  if (ended != NULL)
    release_next(ended);
  lender_term(&greenlet->lender);
}

void greenlet_forget(struct gv_greenlet *greenlet) {
  slab_return(&greenlets, greenlet);
}

void greenlet_free(struct gv_greenlet *greenlet) {
  greenlet_retire(greenlet);
  greenlet_forget(greenlet);
}

struct gv_greenlet *greenlet_take(struct gv_family *family, bool *low) {
  struct gv_greenlet *own = family->spares;
  if (own != NULL) {
    family->spares = own->next;
    family->spare_count--;
    *low = false;
    return own;
  }
  struct lender *lender = pool_take(low);
  if (lender == NULL)
    return NULL;
  struct gv_greenlet *greenlet = (struct gv_greenlet *)lender;
  join(family, greenlet);
  return greenlet;
}

void greenlet_adopt(struct gv_family *family, struct gv_greenlet *lender) {
  lender_await(&lender->lender);
  join(family, lender);
}

/* ---- switching ---- */

static void refuse(struct gv_greenlet *from, struct gv_greenlet *to);

/*
 * Says who runs next, and asks whether anybody may. The two stand against exiting and current in greenlet_exit_all,
 * whose membarrier makes up for the fence that is not here. Release: who sees it also sees that we are not at rest.
 */
static inline bool enter(struct gv_greenlet *from, struct gv_greenlet *to) {
  atomic_store_explicit(&to->family->current, to, memory_order_release);
  atomic_signal_fence(memory_order_seq_cst);
  if (__builtin_expect(!atomic_load_explicit(&exiting, memory_order_relaxed), 1))
    return true;
  refuse(from, to);
  return false;
}

int greenlet_switch(struct gv_greenlet *from, struct gv_greenlet *to) {
  if (__builtin_expect(!lender_is_self(&from->lender) || to->away, 0))
    return GV_ETHREAD;
  if (!enter(from, to))
    return GV_EEXIT;
  return lender_switch(&from->lender, &to->lender);
}

static void put(void *lender) {
  pool_put(lender);
}

int greenlet_finish(struct gv_greenlet *from, struct gv_greenlet *to) {
  if (!enter(from, to))
    return GV_EEXIT;
  struct gv_family *family = from->family;
  if (family->spare_count < pool_share()) { /* nobody but this kernel thread takes it, once it has left the stack */
    from->next = family->spares;
    family->spares = from;
    family->spare_count++;
    return lender_switch(&from->lender, &to->lender);
  }
  leave(from);
  return lender_switch_then(&from->lender, &to->lender, put, &from->lender);
}

/* ---- hubs, and greenlets that leave them for a while ---- */

int greenlet_set_hub(struct gv_family *family, struct gv_hub *hub, struct gv_greenlet *last,
                     void (*wake)(struct gv_hub *)) {
  pthread_mutex_lock(&lock);
  int status = hub != NULL && family->hub != NULL ? GV_EINVAL : GV_OK;
  if (status == GV_OK) {
    family->hub = hub;
    family->last = last;
    family->wake = wake;
  }
  pthread_mutex_unlock(&lock);
  return status;
}

struct gv_greenlet *greenlet_waiting(struct gv_family *family) {
  struct gv_greenlet *waiting = NULL;
  pthread_mutex_lock(&lock);
  for (struct queue *link = family->members.next; waiting == NULL && link != &family->members; link = link->next)
    if (member_at(link)->waits)
      waiting = member_at(link);
  pthread_mutex_unlock(&lock);
  return waiting;
}

static void set_away(struct gv_greenlet *greenlet, bool away) {
  pthread_mutex_lock(&lock);
  greenlet->away = away;
  pthread_mutex_unlock(&lock);
}

int greenlet_go_away(struct gv_greenlet *from, struct gv_greenlet *to) {
  if (!enter(from, to))
    return GV_EEXIT;
  set_away(from, true);
  return lender_reclaim(&from->lender, &to->lender);
}

int greenlet_come_back(struct gv_greenlet *greenlet) {
  pthread_mutex_lock(&lock);
  /* Of an ended family, another one may be at its end: then this one rests, and is released in its turn. */
  struct gv_family *family = greenlet->family;
  bool is_its_turn = family->ended && greenlet_current(family) == greenlet;
  greenlet->away = is_its_turn; /* for good */
  int status = exiting ? GV_EEXIT : is_its_turn ? GV_EOWNER : GV_OK;
  pthread_mutex_unlock(&lock);
  return status;
}

bool greenlet_is_orphan(const struct gv_greenlet *greenlet) {
  pthread_mutex_lock(&lock);
  bool orphan = greenlet->family != NULL && greenlet->family->ended && greenlet_current(greenlet->family) == greenlet;
  pthread_mutex_unlock(&lock);
  return orphan;
}

const struct gv_greenlet *greenlet_running_guest(struct gv_family *family, void **vm) {
  pthread_mutex_lock(&lock); /* who ends leaves it before his memory goes */
  struct gv_greenlet *running = family->ended ? NULL : atomic_load_explicit(&family->current, memory_order_acquire);
  if (running != NULL && (!running->guest || running->away || running->stays))
    running = NULL;
  *vm = running == NULL ? NULL : running->vm;
  pthread_mutex_unlock(&lock);
  return running;
}

void greenlet_await(struct gv_greenlet *greenlet) {
  lender_await(&greenlet->lender);
}

/* ---- the end of the process ---- */

/*
 * Returns whether nobody stands on the greenlet's stack. A switch that is under way, which takes nanoseconds unless its
 * kernel thread has lost its core, is given some 10 ms to end.
 */
static bool comes_to_rest(struct gv_greenlet *greenlet) {
  for (int look = 0; look < 200; look++) {
    if (atomic_load_explicit(&greenlet->family->current, memory_order_acquire) == greenlet)
      return false;
    if (lender_is_resting(&greenlet->lender))
      return true;
    if (look < 100)
      sched_yield();
    else
      nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
  }
  return false;
}

/* The lock is held. */
static void release_resting(struct gv_family *family) {
  for (struct queue *link = family->members.next; link != &family->members; link = link->next) {
    struct gv_greenlet *member = member_at(link);
    if (member->released || member->away || !comes_to_rest(member))
      continue;
    member->released = true;
    lender_release(&member->lender, GV_EEXIT);
  }
}

/*
 * `from`, which runs, goes on upon its own kernel thread, so that the main greenlet gets its own back and comes to rest
 * in Java.
 */
static void give_main_its_thread(struct gv_greenlet *from) {
  struct gv_family *family = from->family;
  if (family == NULL || family->ended || from == &family->main || from->released)
    return;
  pthread_mutex_lock(&lock);
  from->released = true; /* else it would be, when it rests for a moment */
  pthread_mutex_unlock(&lock);
  family->main.lender.strand.status = GV_EEXIT;
  atomic_store_explicit(&family->current, &family->main, memory_order_release);
  lender_reclaim(&from->lender, &family->main.lender);
}

bool greenlet_process_ends(void) {
  return atomic_load_explicit(&exiting, memory_order_relaxed);
}

int greenlet_end_with_process(struct gv_greenlet *greenlet) {
  refuse(greenlet, greenlet);
  return GV_EEXIT;
}

/*
 * `from` stays who runs; it had said that `to` would, so that greenlet_exit_all may have passed `to` by. Nobody but the
 * calling kernel thread switches in this family, so that no fence is needed to look at who rests in it.
 */
__attribute__((cold, noinline)) static void refuse(struct gv_greenlet *from, struct gv_greenlet *to) {
  struct gv_family *family = to->family;
  atomic_store_explicit(&family->current, from, memory_order_release);
  pthread_mutex_lock(&lock);
  release_resting(family);
  pthread_mutex_unlock(&lock);
  give_main_its_thread(from);
}

/* Whether some main greenlet rests while another of its family runs, which gives it its thread at its next switch. */
static bool is_main_waited_for(void) {
  bool waited_for = false;
  pthread_mutex_lock(&lock);
  for (struct queue *link = families.next; !waited_for && link != &families; link = link->next) {
    struct gv_family *family = queue_entry(link, struct gv_family, families);
    struct gv_greenlet *current = atomic_load_explicit(&family->current, memory_order_acquire);
    waited_for = !family->ended && current != &family->main && current != self && !current->released;
  }
  pthread_mutex_unlock(&lock);
  return waited_for;
}

void greenlet_exit_prepare(void) {
  swap_fence_prepare();
}

void greenlet_exit_all(void) {
  atomic_store_explicit(&exiting, true, memory_order_seq_cst);
  bool fenced = swap_fence_all();
  pthread_mutex_lock(&lock);
  for (struct queue *link = families.next; link != &families; link = link->next) {
    struct gv_family *family = queue_entry(link, struct gv_family, families);
    /* What waits in a hub is on its lists: its runner releases them, once it looks at none. */
    if (fenced && (family->hub == NULL || (self != NULL && self->family == family)))
      release_resting(family);
    if (family->wake != NULL)
      family->wake(family->hub);
  }
  pthread_mutex_unlock(&lock);
  pool_exit();
  /* Up to 20 ms for those that switch soon: for one main left in native code the VM waits 300. */
  for (int ms = 0; ms < 20 && is_main_waited_for(); ms++)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  if (self != NULL) /* the caller may itself be a greenlet, and will do the rest of the VM's exit */
    give_main_its_thread(self);
}
