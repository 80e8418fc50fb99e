#include "permit.h"

#include "clock.h"
#include "spin.h"

#include <stdint.h>
#include <stdlib.h>

/* ---- whose is whose ---- */

struct bucket {
  struct spin lock; /* who only reads does without, and looks again with it where he has found nothing */
  struct permit *first;
} __attribute__((aligned(64)));

enum { BUCKET_BITS = 11 };
static struct bucket buckets[1 << BUCKET_BITS];
static _Thread_local struct permit *arrived, *own_permit;

/* A permit stays one for good, for another thread in the end: who has just found it may still give it, and whoever
 * parks is used to being woken for nothing. */
static struct spin spares_lock;
static struct permit *spares;

static struct bucket *bucket_of(const void *vm) {
  return &buckets[(((uintptr_t)vm >> 4) * 0x9E3779B97F4A7C15u) >> (64 - BUCKET_BITS)];
}

static inline struct permit *next_of(struct permit *const *place) {
  return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

static inline void link_at(struct permit **place, struct permit *permit) {
  __atomic_store_n(place, permit, __ATOMIC_RELEASE);
}

static struct permit *permit_new(void) {
  spin_lock(&spares_lock);
  struct permit *permit = spares;
  if (permit != NULL)
    spares = permit->next;
  spin_unlock(&spares_lock);
  return permit != NULL ? permit : calloc(1, sizeof *permit);
}

static void permit_free(struct permit *permit) {
  spin_lock(&spares_lock);
  link_at(&permit->next, spares);
  spares = permit;
  spin_unlock(&spares_lock);
}

struct permit *permit_expect(const void *vm) {
  struct permit *permit = permit_new();
  if (permit == NULL)
    return NULL;
  permit->thread = permit->state_of = NULL;
  permit->taken = permit->word / PERMIT_ONE;
  permit->word = permit->taken * PERMIT_ONE + PERMIT_EXPECTED;
  __atomic_store_n(&permit->vm, vm, __ATOMIC_RELAXED);
  struct bucket *bucket = bucket_of(vm);
  spin_lock(&bucket->lock);
  link_at(&permit->next, bucket->first);
  link_at(&bucket->first, permit);
  spin_unlock(&bucket->lock);
  return permit;
}

void permit_forget(struct permit *permit) {
  struct bucket *bucket = bucket_of(permit->vm);
  spin_lock(&bucket->lock);
  struct permit **place = &bucket->first;
  while (*place != permit)
    place = &(*place)->next;
  link_at(place, permit->next);
  __atomic_store_n(&permit->vm, NULL, __ATOMIC_RELAXED);
  spin_unlock(&bucket->lock);
  permit_free(permit);
}

void permit_arrive(struct permit *permit) {
  arrived = permit;
}

void permit_leave(void) {
  if (arrived != NULL)
    permit_forget(arrived);
  arrived = own_permit = NULL;
}

struct permit *permit_begin(const void *vm) {
  if (own_permit != NULL)
    return own_permit;
  bool midway = arrived == NULL; /* it has run before, and the VM may have given it one */
  if (midway)
    arrived = permit_expect(vm);
  if (arrived == NULL || arrived->vm != vm)
    return NULL;
  atomic_fetch_add(&arrived->word, PERMIT_OPEN - PERMIT_EXPECTED + (midway ? PERMIT_ONE : 0));
  return own_permit = arrived;
}

struct permit *permit_own(void) {
  return own_permit;
}

/* ---- giving ---- */

static inline enum permit_mode mode_of(uint64_t word) {
  return word % PERMIT_ONE;
}

/* Returns whether the VM need not be told. */
static bool give(struct permit *permit) {
  uint64_t word = atomic_load_explicit(&permit->word, memory_order_relaxed), given;
  do {
    enum permit_mode mode = mode_of(word) == PERMIT_EXPECTED ? PERMIT_EXPECTED : PERMIT_OPEN;
    given = (word / PERMIT_ONE + 1) * PERMIT_ONE + mode;
  } while (!atomic_compare_exchange_weak(&permit->word, &word, given));
  if (mode_of(word) == PERMIT_WAITS)
    hub_unpark_taken(permit->parked); /* he doesn't leave before he is told */
  return mode_of(word) == PERMIT_OPEN || mode_of(word) == PERMIT_WAITS;
}

static inline bool is_of(const struct permit *permit, const void *vm) {
  return __atomic_load_n(&permit->vm, __ATOMIC_RELAXED) == vm;
}

static inline struct permit *find(struct bucket *bucket, const void *vm, int most) {
  struct permit *permit = next_of(&bucket->first);
  while (permit != NULL && !is_of(permit, vm) && --most > 0)
    permit = next_of(&permit->next);
  return most > 0 ? permit : NULL;
}

/* Finds it though others change the list. */
static bool give_surely(struct bucket *bucket, const void *vm) {
  spin_lock(&bucket->lock);
  struct permit *permit = find(bucket, vm, INT32_MAX);
  bool done = permit != NULL && give(permit);
  spin_unlock(&bucket->lock);
  return done;
}

bool permit_give(const void *vm) {
  enum { HURRIED = 8 }; /* steps: a list that is being changed may lead anywhere */
  struct bucket *bucket = bucket_of(vm);
  /* Whoever is known was there before, but for who joins midway: he finds it given at first. */
  if (next_of(&bucket->first) == NULL)
    return false;
  struct permit *permit = find(bucket, vm, HURRIED);
  if (permit != NULL) {
    bool done = give(permit);
    if (is_of(permit, vm)) /* else it has become another's before it was given */
      return done;
  }
  return give_surely(bucket, vm);
}

/* ---- waiting ---- */

static int64_t end_of(bool absolute, int64_t ns) {
  int64_t now = absolute || ns == 0 ? 0 : clock_now();
  return ns == 0 || ns > PARKED_FOREVER - now ? PARKED_FOREVER : now + ns;
}

/* Whoever gives from now on finds nobody who waits. Who has just done so is still at it. */
static void leave(struct permit *own, struct parked *parked) {
  uint64_t waits = own->taken * PERMIT_ONE + PERMIT_WAITS;
  if (!parked_is_readied(parked) &&
      !atomic_compare_exchange_strong(&own->word, &waits, own->taken * PERMIT_ONE + PERMIT_OPEN)) {
    while (!parked_is_told(parked))
      sched_yield();
    parked_settle(parked);
  }
  permit_take(own);
}

int permit_wait(struct permit *own, struct gv_greenlet *self, bool absolute, int64_t ns) {
  struct parked parked;
  parked_init(&parked, self);
  own->parked = &parked;
  uint64_t none = own->taken * PERMIT_ONE + PERMIT_OPEN;
  if (!atomic_compare_exchange_strong(&own->word, &none, own->taken * PERMIT_ONE + PERMIT_WAITS)) {
    permit_take(own);
    return GV_OK;
  }
  int status = parked_wait(&parked, absolute, end_of(absolute, ns));
  leave(own, &parked);
  return status == GV_ETIMEDOUT ? GV_OK : status;
}

bool permit_begin_alone(struct permit *own) {
  uint64_t none = own->taken * PERMIT_ONE + PERMIT_OPEN;
  return atomic_compare_exchange_strong(&own->word, &none, own->taken * PERMIT_ONE + PERMIT_ALONE) || !permit_take(own);
}

void permit_end_alone(struct permit *own) {
  uint64_t alone = own->taken * PERMIT_ONE + PERMIT_ALONE;
  atomic_compare_exchange_strong(&own->word, &alone, own->taken * PERMIT_ONE + PERMIT_OPEN);
  permit_take(own);
}
