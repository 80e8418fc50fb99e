/*
 * api_threads.c: the exported functions of threads as greenlets. Each one delegates.
 */
#include "gevent4j.h"
#include "threads.h"

int gv_vm_threads_prepare(void *env, void *type, void *thread) {
  (void)type, (void)thread;
  return threads_prepare(env);
}

int gv_vm_threads_learn(void *env, void *type, void *thread, int sample, int which) {
  (void)type, (void)thread;
  return threads_learn(env, sample, which);
}

int gv_vm_threads_watch(void *env, void *type, void *thread, int on) {
  (void)type, (void)thread;
  return threads_watch(env, on != 0);
}

int gv_vm_bound(void) {
  return threads_bound();
}

void gv_vm_threads_relieve(void *env, void *type, void *thread) {
  (void)type, (void)thread;
  threads_relieve(env);
}

int gv_threads_add_hub(gv_hub *hub) {
  return threads_add_hub(hub);
}

void gv_threads_remove_hub(gv_hub *hub) {
  threads_remove_hub(hub);
}

int gv_vm_threads_join(void *env, void *type, void *thread) {
  (void)type;
  return threads_join_midway(env, thread);
}

gv_greenlet *gv_threads_self(void) {
  gv_greenlet *self = greenlet_self();
  return self == NULL || !self->guest || (self->away && !hub_is_back(self)) ? NULL : self;
}

gv_greenlet *gv_threads_hold(void) {
  return guest_hold();
}

void gv_threads_release(gv_greenlet *guest) {
  guest_release(guest);
}

int gv_threads_ended(gv_greenlet *guest) {
  return guest_has_ended(guest);
}

int gv_hub_waits_inside(const gv_greenlet *greenlet) {
  return greenlet->inside;
}

int gv_hub_end_wait(gv_greenlet *greenlet) {
  return greenlet->family == NULL ? 0 : hub_end_wait(greenlet->family->hub, greenlet);
}

int gv_vm_throw(void *env, void *type, void *thread, void *thrown) {
  (void)env, (void)type;
  return threads_throw(thread, thrown);
}

gv_hub *gv_threads_hub(const gv_greenlet *guest) {
  return guest->family == NULL ? NULL : guest->family->hub;
}
