#include "permit.h"

#include "spin.h"

#include <stdlib.h>

/* ---- whose is whose ---- */

struct bucket {
  struct spin lock;
  struct permit *first;
} __attribute__((aligned(64)));

enum { BUCKET_BITS = 11 };
static struct bucket buckets[1 << BUCKET_BITS];
static _Thread_local struct permit *arrived, *own_permit;

static struct bucket *bucket_of(const void *vm) {
  return &buckets[(((uintptr_t)vm >> 4) * 0x9E3779B97F4A7C15u) >> (64 - BUCKET_BITS)];
}

struct permit *permit_expect(const void *vm) {
  struct permit *permit = calloc(1, sizeof *permit);
  if (permit == NULL)
    return NULL;
  permit->vm = vm;
  struct bucket *bucket = bucket_of(vm);
  spin_lock(&bucket->lock);
  permit->next = bucket->first;
  __atomic_store_n(&bucket->first, permit, __ATOMIC_RELAXED); /* permit_give looks before it has the lock */
  spin_unlock(&bucket->lock);
  return permit;
}

void permit_forget(struct permit *permit) {
  struct bucket *bucket = bucket_of(permit->vm);
  spin_lock(&bucket->lock);
  struct permit **place = &bucket->first;
  while (*place != permit)
    place = &(*place)->next;
  __atomic_store_n(place, permit->next, __ATOMIC_RELAXED);
  spin_unlock(&bucket->lock);
  free(permit);
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
  struct bucket *bucket = bucket_of(vm);
  spin_lock(&bucket->lock);
  bool given = midway || atomic_load(&arrived->state) == PERMIT_KEPT;
  atomic_store(&arrived->state, given ? PERMIT_GIVEN : PERMIT_NONE);
  spin_unlock(&bucket->lock);
  return own_permit = arrived;
}

struct permit *permit_own(void) {
  return own_permit;
}

/* ---- giving ---- */

/* The bucket is locked, so that who waits is still there. */
static bool give(struct permit *permit) {
  if (atomic_load_explicit(&permit->state, memory_order_relaxed) <= PERMIT_KEPT) {
    atomic_store(&permit->state, PERMIT_KEPT);
    return false;
  }
  int before = atomic_exchange(&permit->state, PERMIT_GIVEN);
  if (before == PERMIT_WAITS)
    hub_unpark_taken(permit->parked);
  return before != PERMIT_ALONE;
}

bool permit_give(const void *vm) {
  struct bucket *bucket = bucket_of(vm);
  /* Whoever is known was there before, but for who joins midway: he finds it given at first. */
  if (__atomic_load_n(&bucket->first, __ATOMIC_RELAXED) == NULL)
    return false;
  spin_lock(&bucket->lock);
  struct permit *permit = bucket->first;
  while (permit != NULL && permit->vm != vm)
    permit = permit->next;
  bool done = permit != NULL && give(permit);
  spin_unlock(&bucket->lock);
  return done;
}

/* ---- waiting ---- */

static int64_t end_of(bool absolute, int64_t ns) {
  int64_t now = absolute || ns == 0 ? 0 : parked_now(false);
  return ns == 0 || ns > PARKED_FOREVER - now ? PARKED_FOREVER : now + ns;
}

/* Whoever gives from now on finds nobody who waits. */
static void leave(struct permit *own, struct parked *parked) {
  if (parked_is_readied(parked)) {
    atomic_exchange(&own->state, PERMIT_NONE);
    return;
  }
  struct bucket *bucket = bucket_of(own->vm);
  spin_lock(&bucket->lock);
  atomic_exchange(&own->state, PERMIT_NONE);
  spin_unlock(&bucket->lock);
  parked_settle(parked);
}

int permit_wait(struct permit *own, struct gv_greenlet *self, bool absolute, int64_t ns) {
  struct parked parked;
  parked_init(&parked, self);
  own->parked = &parked;
  int none = PERMIT_NONE;
  if (!atomic_compare_exchange_strong(&own->state, &none, PERMIT_WAITS)) {
    atomic_exchange(&own->state, PERMIT_NONE);
    return GV_OK;
  }
  int status = parked_wait(&parked, absolute, end_of(absolute, ns));
  leave(own, &parked);
  return status == GV_ETIMEDOUT ? GV_OK : status;
}

bool permit_begin_alone(struct permit *own) {
  int none = PERMIT_NONE;
  return atomic_compare_exchange_strong(&own->state, &none, PERMIT_ALONE) || !permit_take(own);
}

void permit_end_alone(struct permit *own) {
  atomic_exchange(&own->state, PERMIT_NONE);
}
