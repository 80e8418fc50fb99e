#include "hub.h"

/* ---- who is one ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all guests' held and ended */

struct gv_greenlet *guest_hold(void) {
  struct gv_greenlet *self = greenlet_self();
  if (self == NULL || !self->guest || (self->away && !hub_is_back(self)))
    return NULL;
  pthread_mutex_lock(&lock);
  self->held = true;
  pthread_mutex_unlock(&lock);
  return self;
}

/* Whoever is the second to have no use for it frees it. */
static void part(struct gv_greenlet *guest, bool ends) {
  pthread_mutex_lock(&lock);
  guest->ended |= ends;
  guest->held &= ends;
  bool last = guest->ended && !guest->held;
  pthread_mutex_unlock(&lock);
  if (last)
    greenlet_forget(guest);
}

void guest_release(struct gv_greenlet *guest) {
  part(guest, false);
}

void guest_end(struct gv_greenlet *self) {
  greenlet_retire(self);
  part(self, true);
}

bool guest_has_ended(struct gv_greenlet *guest) {
  pthread_mutex_lock(&lock);
  bool ended = guest->ended;
  pthread_mutex_unlock(&lock);
  return ended;
}

/* ---- where it runs ---- */

int hub_admit(struct gv_hub *hub, struct gv_greenlet *guest) {
  guest->guest = true;
  return hub->family != NULL && greenlet_enlist(hub->family, guest) ? GV_OK : GV_EOWNER;
}

int hub_let_go(struct gv_hub *hub, struct gv_greenlet *guest) {
  int status = hub_leave(hub, guest);
  guest->let_go = guest->inside = status == GV_OK;
  return status;
}

int hub_rejoin(struct gv_greenlet *guest) {
  guest->let_go = guest->inside = guest->thrown = false;
  int status = hub_return(guest->family->hub, guest);
  return status == GV_ESTRAY ? GV_OK : status;
}

void hub_released(struct gv_greenlet *self, int status) {
  self->stays = true;
  if (self->guest && status == GV_EOWNER)
    guest_end(self); /* so that the next one of its family is released */
}

bool hub_is_back(struct gv_greenlet *self) {
  if (!self->let_go)
    return false;
  int status = hub_rejoin(self);
  if (status != GV_OK)
    hub_released(self, status);
  return status == GV_OK;
}
