#include "threads.h"

#include "interpose_vm.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of these */
static struct gv_hub *hubs[THREADS_HUBS_MAX];
static int count;
static unsigned turn;

int threads_add_hub(struct gv_hub *hub) {
  pthread_mutex_lock(&lock);
  int status = count < THREADS_HUBS_MAX ? GV_OK : GV_ENOMEM;
  if (status == GV_OK)
    hubs[count++] = hub;
  pthread_mutex_unlock(&lock);
  return status;
}

void threads_remove_hub(struct gv_hub *hub) {
  pthread_mutex_lock(&lock);
  int kept = 0;
  for (int i = 0; i < count; i++)
    if (hubs[i] != hub)
      hubs[kept++] = hubs[i];
  count = kept;
  pthread_mutex_unlock(&lock);
}

int threads_hub_count(void) {
  pthread_mutex_lock(&lock);
  int hubs = count;
  pthread_mutex_unlock(&lock);
  return hubs;
}

void threads_each_hub(void (*look)(struct gv_hub *hub, int number, void *arg), void *arg) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < count; i++)
    look(hubs[i], i, arg);
  pthread_mutex_unlock(&lock);
}

int threads_join(void) {
  struct gv_greenlet *self = greenlet_new(-1);
  if (self == NULL)
    return GV_ENOMEM;
  if (__atomic_load_n(&interpose_vm.thread, __ATOMIC_ACQUIRE) != NULL)
    self->vm = interpose_vm.thread();
  pthread_mutex_lock(&lock);
  struct gv_hub *hub = count == 0 ? NULL : hubs[turn++ % (unsigned)count];
  int status = hub == NULL ? GV_EEMPTY : hub_admit(hub, self);
  pthread_mutex_unlock(&lock);
  if (status == GV_OK && (status = hub_join(hub, self)) != GV_OK)
    hub_released(self, status);
  else if (status != GV_OK)
    greenlet_free(self);
  return status;
}

void threads_quit(void) {
  struct gv_greenlet *self = greenlet_self();
  if (self == NULL || !self->guest)
    return;
  if (self->let_go && !hub_is_back(self))
    self = greenlet_self(); /* NULL, or nobody's any more */
  if (self == NULL)
    return;
  if (hub_caller() == self)
    hub_quit(self->family->hub, self);
  guest_end(self);
}
