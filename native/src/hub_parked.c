#include "hub.h"

#include "clock.h"

void parked_init(struct parked *parked, struct gv_greenlet *greenlet) {
  queue_init(&parked->link);
  parked->greenlet = greenlet;
  parked->hub = greenlet->family->hub;
  atomic_init(&parked->state, PARKED);
}

/* By a thread of the hub. */
static void make_ready(struct parked *parked) {
  hub_ready_here(parked->hub, parked->greenlet);
  atomic_store_explicit(&parked->state, READIED, memory_order_release);
}

/* From elsewhere it is left with the hub: by a lock, so that who was woken otherwise can take himself back. */
static void leave_word(struct parked *parked) {
  struct gv_hub *hub = parked->hub;
  pthread_mutex_lock(&hub->lock);
  atomic_store_explicit(&parked->state, TOLD, memory_order_relaxed); /* who sees that waits for the lock */
  queue_push_last(&hub->unparked, &parked->link);
  wake_tell(&hub->watchers.wake, WAKE_PARKED); /* as long as the hub can't let him go on, who may be its last */
  pthread_mutex_unlock(&hub->lock);
}

void hub_unpark_taken(struct parked *parked) {
  struct gv_greenlet *self = greenlet_self();
  if (self != NULL && !self->away && self->family == parked->greenlet->family) {
    make_ready(parked);
    return;
  }
  leave_word(parked);
}

bool hub_unpark(struct parked *parked) {
  int state = PARKED;
  if (!atomic_compare_exchange_strong(&parked->state, &state, TOLD))
    return false;
  hub_unpark_taken(parked);
  return true;
}

void hub_take_unparked(struct gv_hub *hub) {
  pthread_mutex_lock(&hub->lock);
  while (!queue_is_empty(&hub->unparked)) {
    struct parked *parked = (struct parked *)hub->unparked.next;
    queue_remove(&parked->link);
    make_ready(parked);
  }
  pthread_mutex_unlock(&hub->lock);
}

void parked_settle(struct parked *parked) {
  if (!parked_is_told(parked) || parked_is_readied(parked))
    return;
  pthread_mutex_lock(&parked->hub->lock);
  queue_remove(&parked->link);
  pthread_mutex_unlock(&parked->hub->lock);
}

/* ---- waiting ---- */

/* What is left until `end`; negative: it is past. */
static int64_t time_left(bool date, int64_t end) {
  return end - (date ? clock_date() : clock_now());
}

/* A date is looked at again now and then, as the clock may be set. */
static const int64_t DATE_STEP = 1000000000;

static int wait_once(struct gv_hub *hub, struct gv_greenlet *self, bool date, int64_t end) {
  if (end == PARKED_FOREVER) {
    hub->watchers.refs++;
    int status = hub_wait(hub, self);
    if (status == GV_OK || status == GV_ESTRAY)
      hub->watchers.refs--;
    return status;
  }
  int64_t left = time_left(date, end);
  if (left <= 0)
    return GV_ETIMEDOUT;
  return hub_sleep(hub, self, date && left > DATE_STEP ? DATE_STEP : left, true);
}

int parked_wait(struct parked *parked, bool date, int64_t end) {
  struct gv_greenlet *self = parked->greenlet;
  self->inside = true;
  self->patience = NULL;
  int status = GV_OK;
  if (end != PARKED_FOREVER && time_left(date, end) <= 0)
    status = hub_yield(parked->hub, self); /* the kernel would let others run while he asks again and again */
  while ((status == GV_OK || status == GV_ESTRAY) && !parked_is_told(parked) && !self->thrown)
    status = wait_once(parked->hub, self, date, end);
  self->inside = self->thrown = false;
  return status == GV_ESTRAY ? GV_OK : status;
}

int hub_end_wait(struct gv_hub *hub, struct gv_greenlet *greenlet) {
  greenlet->thrown = greenlet->inside;
  return hub_ready(hub, greenlet);
}
