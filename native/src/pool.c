#include "pool.h"

#include "gevent4j.h"

#include <pthread.h>
#include <stdatomic.h>

static struct {
  pthread_mutex_t lock;
  struct queue spares; /* first: came last */
  int32_t size;        /* of spares */
  int32_t least, most; /* bounds of the target */
  int32_t target;      /* how many spares there should be now */
  int32_t unused;      /* the smallest size since the last trim: so many were never needed */
  bool missed;         /* a start found none since the last trim */
  bool filled;         /* there were as many as there should be, since the target last grew */
  bool exited;         /* the process ends */
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .spares = {&pool.spares, &pool.spares},
    .least = 8,   /* a few starts in a row, 8 x 36 KB */
    .most = 1024, /* what a burst may leave behind, 36 MB */
    .target = 8,
};

/* Enough for those that end while others start; more are better off where other families find them. */
enum { SHARE_MAX = 16, SHARES = 64 };
static _Atomic int32_t share = SHARE_MAX;

static int32_t clamp(int32_t value) {
  return value < pool.least ? pool.least : value > pool.most ? pool.most : value;
}

int pool_bounds(int32_t least, int32_t most) {
  if (least < 0 || most < least)
    return GV_EINVAL;
  pthread_mutex_lock(&pool.lock);
  pool.least = least;
  pool.most = most;
  pool.target = clamp(pool.target);
  pthread_mutex_unlock(&pool.lock);
  atomic_store_explicit(&share, most / SHARES < SHARE_MAX ? most / SHARES : SHARE_MAX, memory_order_relaxed);
  return GV_OK;
}

int32_t pool_share(void) {
  return atomic_load_explicit(&share, memory_order_relaxed);
}

int pool_offer(struct lender *lender) {
  pthread_mutex_lock(&pool.lock);
  int status = pool.exited ? GV_EEXIT : pool.size >= pool.most ? GV_ESPARE : GV_OK;
  if (status == GV_OK) {
    queue_push_first(&pool.spares, &lender->link);
    pool.size++;
    pool.filled |= pool.size >= pool.target;
  }
  pthread_mutex_unlock(&pool.lock);
  return status;
}

void pool_put(struct lender *lender) {
  int status = pool_offer(lender);
  if (status != GV_OK)
    lender_release(lender, status);
}

/* The lock is held. */
static struct lender *pop(void) {
  struct lender *lender = queue_entry(pool.spares.next, struct lender, link);
  queue_remove(&lender->link);
  pool.size--;
  if (pool.size < pool.unused)
    pool.unused = pool.size;
  return lender;
}

struct lender *pool_take(bool *low) {
  struct lender *lender = NULL;
  pthread_mutex_lock(&pool.lock);
  if (queue_is_empty(&pool.spares)) {
    pool.missed = true;
    if (pool.filled || pool.target == 0) { /* else the lenders that were asked for have still to come */
      pool.filled = false;
      pool.target = clamp(2 * pool.target + 1);
    }
  } else {
    lender = pop();
  }
  *low = pool.size < (pool.target + 1) / 2; /* half: so that lenders are made several at a time */
  pthread_mutex_unlock(&pool.lock);
  if (lender != NULL)
    lender_await(lender); /* a new one may be on its way to its berth */
  return lender;
}

int pool_size(void) {
  pthread_mutex_lock(&pool.lock);
  int size = pool.size;
  pthread_mutex_unlock(&pool.lock);
  return size;
}

int pool_wanted(void) {
  pthread_mutex_lock(&pool.lock);
  int wanted = pool.exited || pool.size >= pool.target ? 0 : pool.target - pool.size;
  pthread_mutex_unlock(&pool.lock);
  return wanted;
}

/* Moves all spares but the `keep` that came last into a queue of those that leave. The lock is held. */
static void take_out(struct queue *leaving, int32_t keep) {
  queue_init(leaving);
  while (pool.size > keep) {
    struct queue *link = pool.spares.previous;
    queue_remove(link);
    queue_push_last(leaving, link);
    pool.size--;
  }
  pool.unused = pool.size;
}

/* Returns how many. The lock isn't held. */
static int release_all(struct queue *leaving, int status) {
  int count = 0;
  for (; !queue_is_empty(leaving); count++) {
    struct lender *lender = queue_entry(leaving->next, struct lender, link);
    queue_remove(&lender->link);
    lender_await(lender);
    lender_release(lender, status);
  }
  return count;
}

int pool_trim(void) {
  struct queue leaving;
  pthread_mutex_lock(&pool.lock);
  if (!pool.missed)
    pool.target = clamp(pool.target / 2);
  pool.missed = false;
  int32_t surplus = pool.unused - pool.target;
  take_out(&leaving, surplus > 0 ? pool.size - (surplus + 1) / 2 : pool.size); /* half: the next burst may come yet */
  pthread_mutex_unlock(&pool.lock);
  return release_all(&leaving, GV_ESPARE);
}

void pool_exit(void) {
  struct queue leaving;
  pthread_mutex_lock(&pool.lock);
  pool.exited = true;
  take_out(&leaving, 0);
  pthread_mutex_unlock(&pool.lock);
  release_all(&leaving, GV_EEXIT);
}
