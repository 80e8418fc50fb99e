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

int gv_threads_add_hub(gv_hub *hub) {
  return threads_add_hub(hub);
}

void gv_threads_remove_hub(gv_hub *hub) {
  threads_remove_hub(hub);
}

int gv_threads_join(void) {
  return threads_join();
}

gv_greenlet *gv_threads_self(void) {
  gv_greenlet *self = greenlet_self();
  return self != NULL && self->guest ? self : NULL;
}

gv_hub *gv_threads_hub(const gv_greenlet *guest) {
  return guest->family == NULL ? NULL : guest->family->hub;
}
