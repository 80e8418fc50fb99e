/*
 * api.c: the exported functions. Each one delegates; none has an idea of its own.
 */
#include "gevent4j.h"
#include "greenlet.h"
#include "jvm.h"
#include "lend.h"
#include "loop.h"
#include "pool.h"

#include <pthread.h>
#include <stdio.h>

const char *gv_version(void) {
  return GV_VERSION;
}

static pthread_once_t loops_once = PTHREAD_ONCE_INIT;
static char loops[64];

static void describe_loops(void) {
  snprintf(loops, sizeof loops, "libev %s, libuv %s", loop_libev_version(), loop_libuv_version());
}

const char *gv_loop_libraries(void) {
  pthread_once(&loops_once, describe_loops);
  return loops;
}

const char *gv_switch_backend(void) {
  return lend_backend();
}

const char *gv_switch_refusal(void) {
  return lend_refusal();
}

gv_family *gv_family_new(void) {
  return family_new();
}

gv_greenlet *gv_family_main(gv_family *family) {
  return &family->main;
}

gv_greenlet *gv_lender_new(int32_t slot) {
  return slot < 0 || slot >= GV_POOL_LOW ? NULL : greenlet_new(slot);
}

int gv_lend(gv_greenlet *self) {
  return greenlet_lend(self);
}

void gv_lender_free(gv_greenlet *self) {
  greenlet_free(self);
}

int gv_lend_spare(gv_greenlet *self) {
  return greenlet_lend_spare(self);
}

int gv_pool_bounds(int32_t least, int32_t most) {
  return pool_bounds(least, most);
}

int gv_pool_wanted(void) {
  return pool_wanted();
}

int gv_pool_trim(void) {
  return pool_trim();
}

int gv_pool_take(gv_family *family) {
  bool low;
  gv_greenlet *greenlet = greenlet_take(family, &low);
  return greenlet == NULL ? GV_EEMPTY : greenlet->lender.slot | (low ? GV_POOL_LOW : 0);
}

void gv_family_adopt(gv_family *family, gv_greenlet *lender) {
  greenlet_adopt(family, lender);
}

int gv_switch(gv_greenlet *from, gv_greenlet *to) {
  return greenlet_switch(from, to);
}

int gv_finish(gv_greenlet *from, gv_greenlet *to) {
  return greenlet_finish(from, to);
}

void gv_exit_prepare(void) {
  greenlet_exit_prepare();
}

int gv_vm_prepare(void *env, void *type, void *thread) {
  (void)type, (void)thread;
  return jvm_prepare(env);
}

void gv_vm_forget_locals(void *env, void *type, void *thread) {
  (void)type;
  jvm_forget_locals(env, thread);
}
