/*
 * no_jvm.c: stands in for jvm.c in programs that have no VM, the C tests and benchmarks.
 */
#include "../src/threads.h" /* not that of the tests */
#include "gevent4j.h"
#include "jvm.h"

#include <stddef.h>

int jvm_prepare(void *env) {
  (void)env;
  return GV_EINVAL;
}

void jvm_forget_locals(void *env, void *thread) {
  (void)env, (void)thread;
}

void *jvm_buffer(void *env, void *buffer) {
  (void)env, (void)buffer;
  return NULL;
}

int jvm_channel_fd(void *env, void *channel) {
  (void)env, (void)channel;
  return GV_EUNSUPPORTED;
}

void jvm_channel_kill(void *env, void *channel) {
  (void)env, (void)channel;
}

int jvm_selector_provider(void *env, void *list) {
  (void)env, (void)list;
  return GV_EUNSUPPORTED;
}

int threads_prepare(void *env) {
  (void)env;
  return GV_EUNSUPPORTED;
}

int threads_learn(void *env, int sample, int which) {
  (void)env, (void)sample, (void)which;
  return GV_EUNSUPPORTED;
}

void threads_relieve(void *env) {
  (void)env;
}

int threads_watch(void *env, bool on) {
  (void)env, (void)on;
  return GV_EUNSUPPORTED;
}

int threads_bound(void) {
  return 0;
}

int threads_join_midway(void *env, void *thread) {
  (void)env, (void)thread;
  return GV_EUNSUPPORTED;
}

int threads_throw(void *thread, void *thrown) {
  (void)thread, (void)thrown;
  return GV_EUNSUPPORTED;
}
