/*
 * Park, sleep, monitors: in the VM each is a pthread_cond_wait, on a condition that is the thread's own and that nobody
 * else waits for. A greenlet that comes to one of these waits in its hub, and who signals it makes it ready. All above,
 * permits and interrupts and time-outs and notifications, stays the VM's.
 *
 * Any other condition of the VM's may be waited for with locks of the VM held. There a greenlet that nobody made for us
 * takes its kernel thread with it, until it comes to a wait where it surely holds none; and all others block.
 */
#define _GNU_SOURCE
#include "interpose.h"
#include "interpose_vm.h"

#include "clock.h"
#include "hub.h"
#include "permit.h"
#include "spin.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct interpose_vm interpose_vm;

/* ---- who waits for which condition ---- */

struct cond_waiter {
  struct parked parked; /* first */
  const void *cond;
  struct cond_waiter *next; /* in its bucket */
};

/* Who only wants to know whether there is anybody doesn't take the lock. */
struct bucket {
  struct spin lock;
  struct cond_waiter *first;
} __attribute__((aligned(64)));

enum { BUCKETS = 1024 };
static struct bucket buckets[BUCKETS];

static struct bucket *bucket_of(const void *cond) {
  return &buckets[(((uintptr_t)cond >> 4) * 0x9E3779B97F4A7C15u) >> 54];
}

static inline void link_at(struct cond_waiter **place, struct cond_waiter *waiter) {
  __atomic_store_n(place, waiter, __ATOMIC_RELAXED);
}

static void bucket_add(struct cond_waiter *waiter) {
  struct bucket *bucket = bucket_of(waiter->cond);
  spin_lock(&bucket->lock);
  waiter->next = bucket->first;
  link_at(&bucket->first, waiter);
  spin_unlock(&bucket->lock);
}

/* Takes one out, if it is still in. The bucket is locked. */
static bool bucket_take(struct bucket *bucket, struct cond_waiter *waiter) {
  struct cond_waiter **place = &bucket->first;
  while (*place != NULL && *place != waiter)
    place = &(*place)->next;
  if (*place == NULL)
    return false;
  link_at(place, waiter->next);
  return true;
}

/* Returns whether somebody has signalled; who has taken it out of its bucket. */
static bool bucket_leave(struct cond_waiter *waiter) {
  if (parked_is_readied(&waiter->parked))
    return true;
  struct bucket *bucket = bucket_of(waiter->cond);
  spin_lock(&bucket->lock);
  bool signalled = !bucket_take(bucket, waiter);
  spin_unlock(&bucket->lock);
  parked_settle(&waiter->parked);
  return signalled;
}

/* Wakes one who waits in a hub, or all; returns whether there was any. */
static bool wake(const void *cond, bool all) {
  struct bucket *bucket = bucket_of(cond);
  if (__atomic_load_n(&bucket->first, __ATOMIC_RELAXED) == NULL) /* who waits was there before the mutex was free */
    return false;
  bool any = false;
  spin_lock(&bucket->lock);
  for (struct cond_waiter **place = &bucket->first; *place != NULL && (all || !any);) {
    struct cond_waiter *waiter = *place;
    if (waiter->cond != cond) {
      place = &waiter->next;
      continue;
    }
    link_at(place, waiter->next);
    hub_unpark_taken(&waiter->parked);
    any = true;
  }
  spin_unlock(&bucket->lock);
  return any;
}

/* ---- which conditions are a thread's own ---- */

static const char *vm_of(struct gv_greenlet *self) {
  if (self->vm == NULL)
    self->vm = interpose_vm.thread();
  return self->vm;
}

static inline const void *own(const char *vm, enum own_cond which) {
  struct own_place place = interpose_vm.own[which];
  return place.delta < 0 ? vm + place.offset : *(char *const *)(vm + place.offset) + place.delta;
}

/* Whether the VM takes the thread for blocked, so that it doesn't wait for it. */
static bool is_blocked(struct gv_greenlet *self) {
  const char *vm = vm_of(self);
  return vm != NULL && *(const int32_t *)(vm + interpose_vm.state) == interpose_vm.blocked;
}

/* Which of the thread's own it is, or OWN_CONDS. */
static enum own_cond which_own(struct gv_greenlet *self, const void *cond) {
  if (!is_blocked(self))
    return OWN_CONDS;
  const char *vm = self->vm;
  enum own_cond which = 0;
  while (which < OWN_CONDS && cond != own(vm, which))
    which++;
  return which;
}

static bool is_patched(enum own_cond which) {
  return atomic_load_explicit(&interpose_on, memory_order_relaxed) &
         (which == OWN_SLEEP ? GV_PATCH_TIME : GV_PATCH_THREAD);
}

/* ---- waiting ---- */

static int64_t nanoseconds(const struct timespec *time) {
  return time->tv_sec > INT64_MAX / 1000000000 - 1 ? PARKED_FOREVER
                                                   : (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* The mutex is held; and is again, in the end. */
static int wait_in_hub(struct gv_greenlet *self, enum own_cond which, pthread_cond_t *cond, pthread_mutex_t *mutex,
                       const struct timespec *time) {
  struct cond_waiter waiter = {.cond = cond};
  parked_init(&waiter.parked, self);
  bucket_add(&waiter);
  pthread_mutex_unlock(mutex);
  int status = self->let_go ? hub_rejoin(self) : GV_OK;
  if (status == GV_OK)
    status = parked_wait(&waiter.parked, which == OWN_PARK_UNTIL, time == NULL ? PARKED_FOREVER : nanoseconds(time));
  bool signalled = bucket_leave(&waiter);
  bool released = status == GV_EEXIT || status == GV_EOWNER;
  if (released)
    hub_released(self, status);
  pthread_mutex_lock(mutex);
  if (status == GV_EEXIT && !signalled) /* he is not to run on while the VM ends */
    return time == NULL ? pthread_cond_wait(cond, mutex) : pthread_cond_timedwait(cond, mutex, time);
  return signalled || released || time == NULL ? 0 : ETIMEDOUT; /* who was released looks again, and waits for real */
}

static _Thread_local const void **recorded; /* where to note the next condition that is waited for */

void interpose_record(const void **cond) {
  recorded = cond;
}

/* Of a cond of the VM's, whose mutex is held: by CLOCK_MONOTONIC, as the VM has them. */
static void wait_shortly(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t ns) {
  int64_t end = clock_now() + ns;
  pthread_cond_timedwait(cond, mutex, &(struct timespec){end / 1000000000, end % 1000000000});
}

/*
 * A guest waits for the VM. Mostly that is not for long, as for a collection; else it may be another greenlet that is
 * waited for, and it lets go of the hub. While it is asked to, which it waits for suspended, it does so when told.
 *
 * Returns whether it has waited, for a while: then whoever waits has to look, as after any wake-up, since what he waits
 * for may have come about while the mutex was free. False: the mutex was held all the time, so that he may wait for
 * real. Who is about to make way in the hub anyway, and has the next one already in his hand, doesn't let go.
 */
static bool wait_for_vm(struct gv_greenlet *self, pthread_cond_t *cond, pthread_mutex_t *mutex,
                        const struct timespec *time) {
  struct gv_hub *hub = self->family->hub;
  bool asked = atomic_load(&hub->asked) == self;
  bool lets_go = !self->waits && (asked ? atomic_load(&hub->relieved) == self : time != NULL || self->patience == cond);
  self->patience = cond;
  if (lets_go)
    hub_let_go(hub, self);
  else
    wait_shortly(cond, mutex, asked ? 1000000 : 10000000);
  return !lets_go;
}

/* The caller is a greenlet, or wants to know. Returns whether it has waited. */
static bool wait_otherwise(struct gv_greenlet *self, pthread_cond_t *cond, pthread_mutex_t *mutex,
                           const struct timespec *time, int *result) {
  if (self == NULL || self->family == NULL || self->stays || greenlet_process_ends() ||
      __atomic_load_n(&interpose_vm.thread, __ATOMIC_ACQUIRE) == NULL)
    return false;
  enum own_cond which = which_own(self, cond);
  if (which == OWN_CONDS) {
    *result = 0;
    return self->guest && !self->away && is_blocked(self) && wait_for_vm(self, cond, mutex, time);
  }
  if ((self->away && !self->let_go) || self->family->hub == NULL || self->family->hub->runner == self ||
      !is_patched(which))
    return false;
  *result = wait_in_hub(self, which, cond, mutex, time);
  return true;
}

static int cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex) {
  struct gv_greenlet *self = greenlet_self();
  int result;
  if (__builtin_expect(self != NULL, 0) && wait_otherwise(self, cond, mutex, NULL, &result))
    return result;
  return pthread_cond_wait(cond, mutex);
}

static int cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *time) {
  struct gv_greenlet *self = greenlet_self();
  int result;
  if (__builtin_expect(self != NULL, 0) && wait_otherwise(self, cond, mutex, time, &result))
    return result;
  if (__builtin_expect(recorded != NULL, 0)) {
    *recorded = cond;
    recorded = NULL;
  }
  return pthread_cond_timedwait(cond, mutex, time);
}

static int cond_signal(pthread_cond_t *cond) {
  return wake(cond, false) ? 0 : pthread_cond_signal(cond);
}

static int cond_broadcast(pthread_cond_t *cond) {
  wake(cond, true);
  return pthread_cond_broadcast(cond);
}

/* ---- threads that the VM starts, told from those that come to it ---- */

static _Thread_local bool started;

bool interpose_started(void) {
  return started;
}

struct start {
  void *(*run)(void *);
  void *argument; /* what the VM knows the thread by */
  struct permit *permit;
};

static void *run_started(void *arg) {
  struct start start = *(struct start *)arg;
  free(arg);
  started = true;
  permit_arrive(start.permit);
  void *result = start.run(start.argument);
  permit_leave();
  return result;
}

static int create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  struct start *start = malloc(sizeof *start);
  if (start == NULL)
    return EAGAIN;
  *start = (struct start){run, argument, permit_expect(argument)};
  int result = pthread_create(thread, attributes, run_started, start);
  if (result != 0 && start->permit != NULL)
    permit_forget(start->permit);
  if (result != 0)
    free(start);
  return result;
}

const struct hook interpose_vm_hooks[] = {
    {"pthread_cond_wait", (void *)cond_wait, GV_PATCH_THREAD | GV_PATCH_TIME},
    {"pthread_cond_timedwait", (void *)cond_timedwait, GV_PATCH_THREAD | GV_PATCH_TIME},
    {"pthread_cond_signal", (void *)cond_signal, GV_PATCH_THREAD | GV_PATCH_TIME},
    {"pthread_cond_broadcast", (void *)cond_broadcast, GV_PATCH_THREAD | GV_PATCH_TIME},
    {"pthread_create", (void *)create, GV_PATCH_THREAD},
    {"dlopen", (void *)hook_dlopen, GV_PATCH_THREAD | GV_PATCH_LIBRARIES},
    {"dlsym", (void *)hook_dlsym, GV_PATCH_THREAD},
    {0},
};
