#include "hub.h"

int hub_admit(struct gv_hub *hub, struct gv_greenlet *guest) {
  guest->guest = true;
  return hub->family != NULL && greenlet_enlist(hub->family, guest) ? GV_OK : GV_EOWNER;
}

int hub_let_go(struct gv_hub *hub, struct gv_greenlet *guest) {
  int status = hub_leave(hub, guest);
  guest->let_go = status == GV_OK;
  return status;
}

int hub_rejoin(struct gv_greenlet *guest) {
  guest->let_go = false;
  int status = hub_return(guest->family->hub, guest);
  return status == GV_ESTRAY ? GV_OK : status;
}

void hub_released(struct gv_greenlet *self, int status) {
  self->stays = true;
  if (self->guest && status == GV_EOWNER)
    greenlet_free(self); /* so that the next one of its family is released */
}

bool hub_is_back(struct gv_greenlet *self) {
  if (!self->let_go)
    return false;
  int status = hub_rejoin(self);
  if (status != GV_OK)
    hub_released(self, status);
  return status == GV_OK;
}
